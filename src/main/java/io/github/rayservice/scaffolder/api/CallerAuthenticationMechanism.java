package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.access.CallerAuthenticationRequest;
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
import java.util.Optional;
import java.util.Set;

/** Looks at a bearer token before Quarkus' OIDC mechanism does, which knows one kind only. */
@ApplicationScoped
class CallerAuthenticationMechanism implements HttpAuthenticationMechanism {
  private static final String BEARER = "Bearer ";
  private static final int UNAUTHORIZED = 401;

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    return token(context)
        .map(token -> identities.authenticate(new CallerAuthenticationRequest(token)))
        // No provider of ours knows the token. Then it is the issuer's, or nobody's.
        .map(found -> found.onFailure(AuthenticationFailedException.class).recoverWithNull())
        .orElseGet(() -> Uni.createFrom().nullItem());
  }

  private static Optional<String> token(RoutingContext context) {
    return Optional.ofNullable(context.request().getHeader(HttpHeaders.AUTHORIZATION))
        .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(header -> header.substring(BEARER.length()).strip());
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
