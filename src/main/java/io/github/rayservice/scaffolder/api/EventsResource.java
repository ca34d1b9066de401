package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.Board;
import io.github.rayservice.scaffolder.status.BoardEvent;
import io.github.rayservice.scaffolder.status.StatusConfig;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where Ray Services stand, as server-sent events. */
@Path("/api/v1")
@Tag(name = "Status")
@Produces(MediaType.SERVER_SENT_EVENTS)
public class EventsResource {
  private static final String DESCRIPTION =
      "reset: forget what you know; then status for everything that stands, and complete. "
          + "From then on status and gone as things change. With Last-Event-ID only what was missed, where that is still known; otherwise all anew. Comments keep the connection alive.";

  private final Board board;
  private final Duration heartbeat;

  public EventsResource(Board board, StatusConfig config) {
    this.board = board;
    this.heartbeat = config.heartbeat();
  }

  @GET
  @Path("events")
  @Operation(summary = "Follow all Ray Services", description = DESCRIPTION)
  public Multi<OutboundSseEvent> all(
      @HeaderParam("Last-Event-ID") Optional<String> after, @Context Sse sse) {
    return follow(after, id -> true, sse);
  }

  @GET
  @Path("ray-services/{namespace}/{name}/events")
  @Operation(summary = "Follow one Ray Service", description = DESCRIPTION)
  public Multi<OutboundSseEvent> one(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @HeaderParam("Last-Event-ID") Optional<String> after,
      @Context Sse sse) {
    RayServiceId id =
        RayServiceId.of(namespace, name)
            .orElseThrow(
                () -> Problems.notFound("there is no Ray Service " + namespace + "/" + name));
    return follow(after, id::equals, sse);
  }

  private Multi<OutboundSseEvent> follow(
      Optional<String> after, Predicate<RayServiceId> concerned, Sse sse) {
    Multi<OutboundSseEvent> events =
        Multi.createFrom()
            .publisher(board.follow(after, concerned))
            .map(event -> event(event, sse));
    Multi<OutboundSseEvent> beats =
        Multi.createFrom()
            .ticks()
            .every(heartbeat)
            .onOverflow()
            .drop()
            .map(beat -> sse.newEventBuilder().comment("").build());
    // Few at a time: what waits for a slow reader waits on the board, which holds it once for all.
    return Multi.createBy().merging().withRequests(4).streams(events, beats);
  }

  private static OutboundSseEvent event(BoardEvent event, Sse sse) {
    return switch (event) {
      case BoardEvent.Reset reset -> event(sse, "reset", Optional.empty(), Map.of());
      case BoardEvent.Complete complete ->
          event(sse, "complete", Optional.of(complete.position()), Map.of());
      case BoardEvent.Shown shown ->
          event(sse, "status", shown.position(), StatusAnswers.Event.of(shown.status()));
      case BoardEvent.Gone gone ->
          event(
              sse,
              "gone",
              Optional.of(gone.position()),
              Map.of("rayService", Answers.Identity.of(gone.id())));
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
