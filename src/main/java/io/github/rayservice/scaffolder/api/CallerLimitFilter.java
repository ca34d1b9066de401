package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.access.AccessControl;
import io.github.rayservice.scaffolder.access.Caller;
import io.github.rayservice.scaffolder.access.CallerLimits;
import io.github.rayservice.scaffolder.api.http.EventStreamFilter;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Holds every request whose caller is known to what one caller may take. What is public, and
 * GitLab's webhooks, have no caller.
 */
@ApplicationScoped
class CallerLimitFilter {
  private final AccessControl access;
  private final CallerLimits limits;
  private final CurrentIdentityAssociation identity;

  CallerLimitFilter(
      AccessControl access, CallerLimits limits, CurrentIdentityAssociation identity) {
    this.access = access;
    this.limits = limits;
    this.identity = identity;
  }

  /** Before anything of the request's body is read. */
  @ServerRequestFilter
  @Nullable Uni<Response> limit(ResourceInfo resource, RoutingContext routing) {
    if (!resource.getResourceClass().isAnnotationPresent(Authenticated.class)) {
      return null;
    }
    return identity
        .getDeferredIdentity()
        .invoke(caller -> {
          CallerLimits.Place place = enter(access.caller(caller), resource);
          // Also when the caller has gone.
          routing.addEndHandler(ended -> place.leave());
        })
        .replaceWith(Uni.createFrom().nullItem());
  }

  private CallerLimits.Place enter(Caller caller, ResourceInfo resource) {
    return EventStreamFilter.isStream(resource) ? limits.follow(caller) : limits.enter(caller);
  }
}
