package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.access.AccessControl;
import io.github.rayservice.scaffolder.api.http.DocumentReader;
import io.github.rayservice.scaffolder.api.http.Problems;
import io.github.rayservice.scaffolder.deploy.sync.DesiredStateSync;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes Argo CD's notifications of k8s/platform. They are hints: the status comes from the watches.
 * A notification makes this service read Git without waiting for a timer.
 */
@Path("/webhooks/argocd")
@Tag(name = "Webhooks")
@Authenticated
public class NotificationResource {
  private static final Logger LOG = Logger.getLogger(NotificationResource.class);

  private static final String SOURCE = "template of Argo CD's notifications in k8s/platform";

  private final DesiredStateSync desiredState;
  private final AccessControl access;
  private final SecurityIdentity identity;

  NotificationResource(
      DesiredStateSync desiredState, AccessControl access, SecurityIdentity identity) {
    this.desiredState = desiredState;
    this.access = access;
    this.identity = identity;
  }

  /**
   * What Argo CD says of one Application; a field that the notification does not have is null.
   *
   * @param namespace the namespace of the Ray Service
   * @param name the name of the Ray Service
   * @param revision the commit that it compared
   * @param sync {@code Synced}, {@code OutOfSync} or {@code Unknown}
   * @param health {@code Healthy}, {@code Progressing}, …
   */
  @Schema(name = "Notification", description = "What Argo CD says of one Application")
  record Notification(
      @Schema(nullable = true) @Nullable String namespace,
      @Schema(nullable = true) @Nullable String name,
      @Schema(nullable = true) @Nullable String application,
      @Schema(nullable = true) @Nullable String revision,
      @Schema(nullable = true) @Nullable String sync,
      @Schema(nullable = true) @Nullable String health) {
    static Notification of(JsonNode document) {
      if (!document.isObject()) {
        throw Problems.malformed("(body)", document.toString(), "must be an object", SOURCE);
      }
      return new Notification(
          text(document, "namespace"),
          text(document, "name"),
          text(document, "application"),
          text(document, "revision"),
          text(document, "sync"),
          text(document, "health"));
    }

    private static @Nullable String text(JsonNode document, String field) {
      JsonNode value = document.path(field);
      if (value.isTextual() || value.isMissingNode() || value.isNull()) {
        return value.textValue();
      }
      throw Problems.malformed(field, value.toString(), "must be text", SOURCE);
    }
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Take a notification of Argo CD: read the branch again")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Notification.class),
              examples = @ExampleObject(name = "synced", value = ApiExamples.NOTIFICATION)))
  @APIResponse(responseCode = "204", description = "It is taken")
  public void takeNotification(InputStream body) {
    access.requireNotify(access.caller(identity));
    LOG.debugf(
        "Argo CD: %s", Notification.of(DocumentReader.read(body, MediaType.APPLICATION_JSON_TYPE)));
    desiredState.readAgainSoon();
  }
}
