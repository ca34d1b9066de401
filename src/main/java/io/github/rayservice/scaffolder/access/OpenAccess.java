package io.github.rayservice.scaffolder.access;

import io.quarkus.security.spi.runtime.AuthorizationController;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

/**
 * Authorization is off where no authentication is configured: in dev and test mode only. Quarkus
 * keeps the first instance in a static field, also when a test starts another application, so this
 * one asks no other bean later.
 */
@Alternative
@Priority(Interceptor.Priority.LIBRARY_AFTER)
@Singleton
class OpenAccess extends AuthorizationController {
  private final boolean enabled;

  OpenAccess(AccessControl access) {
    this.enabled = !access.isOpen();
  }

  @Override
  public boolean isAuthorizationEnabled() {
    return enabled;
  }
}
