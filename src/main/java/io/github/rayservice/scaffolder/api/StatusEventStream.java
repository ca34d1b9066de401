package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.access.AccessControl;
import io.github.rayservice.scaffolder.access.Caller;
import io.github.rayservice.scaffolder.status.StatusConfig;
import io.github.rayservice.scaffolder.status.StatusEvent;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Status events as server-sent events, with comments that keep connections alive. */
@ApplicationScoped
class StatusEventStream {
  static final String LAST_EVENT_ID = "Last-Event-ID";

  static final String DESCRIPTION =
      "reset: forget what you know; then status for every Ray Service, and complete. "
          + "From then on status and gone as things change. With Last-Event-ID only what was missed, where that is still known; otherwise all again. Comments keep the connection alive.";

  /**
   * The event log holds what a slow reader has not read, once for all readers; Mutiny's smallest
   * queue has 16 places.
   */
  private static final int FEW = 16;

  private final StatusStore statusStore;
  private final AccessControl access;
  private final Duration heartbeat;

  StatusEventStream(StatusStore statusStore, AccessControl access, StatusConfig config) {
    this.statusStore = statusStore;
    this.access = access;
    this.heartbeat = config.heartbeat();
  }

  /**
   * Follows some Ray Services.
   *
   * @param caller as it was when the stream began: it sees all of those whose namespace it may
   *     write, and of the others what everybody may see
   */
  Multi<OutboundSseEvent> follow(
      Optional<String> after, Predicate<RayServiceId> concerned, Caller caller, Sse sse) {
    Multi<OutboundSseEvent> events =
        Multi.createFrom()
            .publisher(statusStore.follow(after, concerned))
            .map(event -> event(event, id -> access.mayWrite(caller, id.namespace()), sse));
    Multi<OutboundSseEvent> beats =
        Multi.createFrom()
            .ticks()
            .every(heartbeat)
            .onOverflow()
            .drop()
            .map(beat -> sse.newEventBuilder().comment("").build());
    return Multi.createBy().merging().withRequests(FEW).streams(events, beats);
  }

  private static OutboundSseEvent event(
      StatusEvent event, Predicate<RayServiceId> mayWrite, Sse sse) {
    return switch (event) {
      case StatusEvent.Reset reset -> event(sse, "reset", Optional.empty(), Map.of());
      case StatusEvent.Complete complete ->
          event(sse, "complete", Optional.of(complete.position()), Map.of());
      case StatusEvent.Updated shown ->
          event(
              sse,
              "status",
              shown.position(),
              StatusRepresentations.EventRepresentation.of(
                  shown.status(), mayWrite.test(shown.status().id())));
      case StatusEvent.Deleted gone ->
          event(
              sse,
              "gone",
              Optional.of(gone.position()),
              Map.of("rayService", Representations.Identity.of(gone.id())));
    };
  }

  private static OutboundSseEvent event(
      Sse sse, String name, Optional<String> position, Object data) {
    OutboundSseEvent.Builder builder =
        sse.newEventBuilder().name(name).mediaType(MediaType.APPLICATION_JSON_TYPE).data(data);
    position.ifPresent(builder::id);
    return builder.build();
  }
}
