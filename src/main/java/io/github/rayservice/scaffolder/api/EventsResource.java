package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.access.AccessControl;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The status of all Ray Services as server-sent events. */
@Path("/api/v1/events")
@Tag(name = "Status")
@Authenticated
public class EventsResource {
  private final StatusEventStream streams;
  private final AccessControl access;
  private final SecurityIdentity identity;

  EventsResource(StatusEventStream streams, AccessControl access, SecurityIdentity identity) {
    this.streams = streams;
    this.access = access;
    this.identity = identity;
  }

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(summary = "Follow all Ray Services", description = StatusEventStream.DESCRIPTION)
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.SERVER_SENT_EVENTS,
              schema = @Schema(implementation = StatusRepresentations.EventRepresentation.class)))
  public Multi<OutboundSseEvent> followAll(
      @HeaderParam(StatusEventStream.LAST_EVENT_ID) Optional<String> after, @Context Sse sse) {
    return streams.follow(after, id -> true, access.caller(identity), sse);
  }
}
