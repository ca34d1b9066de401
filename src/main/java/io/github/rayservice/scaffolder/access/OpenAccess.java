package io.github.rayservice.scaffolder.access;

import io.quarkus.security.spi.runtime.AuthorizationController;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.interceptor.Interceptor;

/** Authorization is off where no authentication is configured: in dev and test mode only. */
@Alternative
@Priority(Interceptor.Priority.LIBRARY_AFTER)
@ApplicationScoped
class OpenAccess extends AuthorizationController {
  private final AccessControl access;

  OpenAccess(AccessControl access) {
    this.access = access;
  }

  @Override
  public boolean isAuthorizationEnabled() {
    return !access.isOpen();
  }
}
