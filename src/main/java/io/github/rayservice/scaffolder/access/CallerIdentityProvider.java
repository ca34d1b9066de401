package io.github.rayservice.scaffolder.access;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/**
 * The identity behind a static token or a token of a Backstage plugin; none behind another token,
 * which is then left to the OIDC issuer.
 */
@ApplicationScoped
class CallerIdentityProvider implements IdentityProvider<CallerAuthenticationRequest> {
  private final AccessControl access;

  CallerIdentityProvider(AccessControl access) {
    this.access = access;
  }

  @Override
  public Class<CallerAuthenticationRequest> getRequestType() {
    return CallerAuthenticationRequest.class;
  }

  /** Backstage may be asked for its keys and for groups, so this is no work for the event loop. */
  @Override
  public Uni<SecurityIdentity> authenticate(
      CallerAuthenticationRequest request, AuthenticationRequestContext context) {
    return context.runBlocking(() -> identity(request.token()));
  }

  // Quarkus takes a null for "not mine".
  @SuppressWarnings("NullAway")
  private @Nullable SecurityIdentity identity(String token) {
    return access.find(token).map(CallerIdentityProvider::identity).orElse(null);
  }

  private static SecurityIdentity identity(Caller caller) {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(caller.subject().orElseThrow()))
        .addRoles(caller.groups())
        .addAttribute(AccessControl.CALLER, caller)
        .build();
  }
}
