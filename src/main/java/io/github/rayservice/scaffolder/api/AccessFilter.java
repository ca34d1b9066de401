package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.access.AccessControl;
import io.github.rayservice.scaffolder.access.AccessException;
import io.github.rayservice.scaffolder.access.Caller;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;

/** Verifies the caller before anything is read or written. */
final class AccessFilter {
  private static final String PROPERTY = "caller";

  /** A webhook of GitLab has its own proof. The templates are public. */
  private static final Set<Class<?>> PUBLIC = Set.of(WebhookResource.class, TemplateResource.class);

  private static final String BEARER = "Bearer ";

  /** The first token of an issuer makes this service load its keys. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final AccessControl access;
  private final Instance<CurrentIdentityAssociation> identities;

  AccessFilter(AccessControl access, Instance<CurrentIdentityAssociation> identities) {
    this.access = access;
    this.identities = identities;
  }

  @ServerRequestFilter
  void authenticate(ContainerRequestContext context, SimpleResourceInfo resource) {
    if (!PUBLIC.contains(resource.getResourceClass())) {
      context.setProperty(PROPERTY, access.isOpen() ? Caller.ANYBODY : caller(context));
    }
  }

  private Caller caller(ContainerRequestContext context) {
    String header = context.getHeaderString(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new AccessException.Unproven("send a token: Authorization: Bearer …");
    }
    return access.find(header.substring(BEARER.length()).strip()).orElseGet(this::fromIssuer);
  }

  private Caller fromIssuer() {
    if (!access.hasIssuer()) {
      throw new AccessException.Unproven("the token is not known here");
    }
    try {
      SecurityIdentity identity = identities.get().getDeferredIdentity().await().atMost(PATIENCE);
      if (identity.isAnonymous()) {
        throw new AccessException.Unproven("the token is not known here");
      }
      return access.fromIssuer(identity.getPrincipal().getName(), identity.getRoles());
    } catch (AuthenticationFailedException e) {
      throw new AccessException.Unproven("the issuer's keys do not prove the token");
    }
  }

  /** Who calls a resource that is not public. */
  static Caller of(ContainerRequestContext context) {
    if (context.getProperty(PROPERTY) instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("no caller for " + context.getUriInfo().getPath());
  }
}
