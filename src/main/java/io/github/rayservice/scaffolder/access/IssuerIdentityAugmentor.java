package io.github.rayservice.scaffolder.access;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Adds the {@link Caller} to an identity that Quarkus made of a token of the OIDC issuer. */
@ApplicationScoped
class IssuerIdentityAugmentor implements SecurityIdentityAugmentor {
  private final OidcIssuer issuer;

  IssuerIdentityAugmentor(OidcIssuer issuer) {
    this.issuer = issuer;
  }

  @Override
  public Uni<SecurityIdentity> augment(
      SecurityIdentity identity, AuthenticationRequestContext context) {
    return identity.isAnonymous() || identity.getAttribute(AccessControl.CALLER) != null
        ? Uni.createFrom().item(identity)
        : Uni.createFrom().item(() -> withCaller(identity));
  }

  private SecurityIdentity withCaller(SecurityIdentity identity) {
    return QuarkusSecurityIdentity.builder(identity)
        .addAttribute(AccessControl.CALLER, issuer.caller(identity))
        .build();
  }
}
