package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.access.CallerAuthenticationRequest;
import io.github.rayservice.scaffolder.api.http.RequestHeaders;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Looks at a bearer token before Quarkus' OIDC mechanism does, which knows one kind only. */
@ApplicationScoped
class CallerAuthenticationMechanism implements HttpAuthenticationMechanism {
  private static final int UNAUTHORIZED = 401;

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    return RequestHeaders.bearerToken(context.request().getHeader(HttpHeaders.AUTHORIZATION))
        .map(token -> identities.authenticate(new CallerAuthenticationRequest(token)))
        // No provider of ours knows the token. Then it is the issuer's, or nobody's.
        .map(found -> found.onFailure(AuthenticationFailedException.class).recoverWithNull())
        .orElseGet(() -> Uni.createFrom().nullItem());
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Uni.createFrom().item(new ChallengeData(UNAUTHORIZED, "WWW-Authenticate", "Bearer"));
  }

  @Override
  public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
    return Set.of(CallerAuthenticationRequest.class);
  }

  /** Before OIDC's, which refuses a token that its issuer did not sign. */
  @Override
  public int getPriority() {
    return DEFAULT_PRIORITY + 1000;
  }
}
