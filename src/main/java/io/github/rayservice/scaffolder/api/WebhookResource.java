package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.api.http.Problems;
import io.github.rayservice.scaffolder.gitlab.WebhookEvent;
import io.github.rayservice.scaffolder.gitlab.WebhookVerifier;
import io.github.rayservice.scaffolder.proposal.WebhookHandler;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Where GitLab delivers its webhooks. Everything that proves to be GitLab's is answered with 204 at
 * once, also what is of no use: GitLab switches a webhook off that fails a few times.
 */
@Path("/webhooks/gitlab")
@Tag(name = "Webhooks")
@PermitAll // GitLab signs its webhooks.
public class WebhookResource {
  private final WebhookVerifier verifier;
  private final WebhookHandler handler;
  private final MeterRegistry meters;

  public WebhookResource(WebhookVerifier verifier, WebhookHandler handler, MeterRegistry meters) {
    this.verifier = verifier;
    this.handler = handler;
    this.meters = meters;
  }

  @POST
  @Consumes(MediaType.WILDCARD)
  @Operation(summary = "Take a webhook of GitLab: merge request and push events")
  @RequestBody(
      required = true,
      description = "An event as GitLab sends it; what else it sends is taken, too",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(description = "Anything"),
              examples = @ExampleObject(name = "push", value = ApiExamples.PUSH)))
  @APIResponse(responseCode = "204", description = "It is taken, or of no use here")
  public Response take(InputStream body, @Context HttpHeaders headers) {
    if (!verifier.isConfigured()) {
      throw Problems.noWebhooks();
    }
    String outcome = "refused";
    try {
      Optional<WebhookEvent> event = verifier.read(headers::getHeaderString, body);
      outcome = event.isPresent() && handler.accept(event.get()) ? "taken" : "ignored";
      return Response.noContent().build();
    } catch (IOException e) {
      throw new UncheckedIOException("the webhook's body broke off", e);
    } finally {
      meters.counter("scaffolder.gitlab.webhooks", "outcome", outcome).increment();
    }
  }
}
