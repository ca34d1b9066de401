package io.github.rayservice.scaffolder.api.http;

import io.smallrye.mutiny.Multi;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.container.ResourceInfo;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Asks proxies to hand on each event at once: NGINX collects an answer until 4 or 8 KiB are there
 * and compresses it, and an event that waits there is as good as lost.
 */
public final class EventStreamFilter {
  /** Whether the answer is a stream of events, which ends when the caller goes. */
  public static boolean isStream(ResourceInfo resource) {
    return Multi.class.equals(resource.getResourceMethod().getReturnType());
  }

  @ServerRequestFilter
  void unbuffered(ResourceInfo resource, RoutingContext routing) {
    if (isStream(resource)) {
      routing
          .response()
          .putHeader("X-Accel-Buffering", "no")
          .putHeader("Cache-Control", "no-cache, no-transform");
    }
  }
}
