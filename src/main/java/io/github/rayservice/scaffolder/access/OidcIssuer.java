package io.github.rayservice.scaffolder.access;

import io.github.rayservice.scaffolder.TokenAddress;
import io.github.rayservice.scaffolder.TransportConfig;
import io.quarkus.oidc.runtime.OidcConfig;
import io.quarkus.oidc.runtime.OidcTenantConfig;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** The OIDC issuer: what its settings must say, and who is behind one of its tokens. */
@ApplicationScoped
class OidcIssuer {
  /** With this audience Quarkus takes every token of the issuer. */
  private static final String ANY_AUDIENCE = "any";

  private final OidcConfig config;
  private final TransportConfig transport;

  OidcIssuer(OidcConfig config, TransportConfig transport) {
    this.config = config;
    this.transport = transport;
  }

  boolean isEnabled() {
    return tenant().tenantEnabled();
  }

  private OidcTenantConfig tenant() {
    return OidcConfig.getDefaultTenant(config);
  }

  /**
   * Checks the settings at the start.
   *
   * @throws IllegalStateException with the setting to change
   */
  void check() {
    config
        .namedTenants()
        .forEach((name, tenant) -> {
          if (!name.equals(OidcConfig.DEFAULT_TENANT_KEY) && tenant.tenantEnabled()) {
            throw new IllegalStateException(
                "quarkus.oidc.%s is a second OIDC issuer: its subjects could be those of the first, so there is only one"
                    .formatted(name));
          }
        });
    if (!isEnabled()) {
      return;
    }
    List<String> audience = audience();
    if (audience.isEmpty() || audience.contains(ANY_AUDIENCE)) {
      throw new IllegalStateException(
          "quarkus.oidc.token.audience is not set: set it to what the issuer names this service, or every token of the issuer is taken");
    }
    tenant()
        .authServerUrl()
        .ifPresent(url ->
            TokenAddress.require("quarkus.oidc.auth-server-url", URI.create(url), transport));
    tenant()
        .jwksPath()
        .filter(path -> path.contains("://"))
        .ifPresent(
            url -> TokenAddress.require("quarkus.oidc.jwks-path", URI.create(url), transport));
  }

  private List<String> audience() {
    return tenant().token().audience().orElse(List.of());
  }

  /**
   * The caller of a token that Quarkus has verified.
   *
   * @throws AccessException.Unproven when it does not say who that is, or was made for others
   */
  Caller caller(SecurityIdentity identity) {
    // Introspection also makes identities, whose audience Quarkus does not look at.
    if (!(identity.getPrincipal() instanceof JsonWebToken token)
        || token.getAudience() == null
        || Collections.disjoint(token.getAudience(), audience())) {
      throw new AccessException.Unproven("the issuer's token was not made for this service");
    }
    // Quarkus falls back to names that users may change.
    String claim = tenant().token().principalClaim().orElse("sub");
    if (!(token.getClaim(claim) instanceof String subject) || subject.isBlank()) {
      throw new AccessException.Unproven("the issuer's token has no claim " + claim);
    }
    return Caller.ofIssuer(subject, Set.copyOf(identity.getRoles()));
  }
}
