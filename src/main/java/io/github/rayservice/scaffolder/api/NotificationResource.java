package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.deploy.sync.DesiredStateSync;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
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

  private final GitopsRepository repository;
  private final DesiredStateSync desiredState;

  NotificationResource(GitopsRepository repository, DesiredStateSync desiredState) {
    this.repository = repository;
    this.desiredState = desiredState;
  }

  /**
   * What Argo CD says of one Application.
   *
   * @param revision the commit that it compared
   * @param sync {@code Synced}, {@code OutOfSync} or {@code Unknown}
   * @param health {@code Healthy}, {@code Progressing}, …
   */
  public record Notification(
      @Nullable String application,
      @Nullable String revision,
      @Nullable String sync,
      @Nullable String health) {}

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Take a notification of Argo CD: read the branch again")
  @APIResponse(responseCode = "204", description = "It is taken")
  @APIResponse(responseCode = "401", description = "Nothing proves who calls")
  public void takeNotification(Notification notification) {
    LOG.debugf("Argo CD: %s", notification);
    repository.invalidate();
    desiredState.wake();
  }
}
