package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.api.http.MediaTypes.JSON;
import static io.github.rayservice.scaffolder.api.http.MediaTypes.TEXT_YAML;
import static io.github.rayservice.scaffolder.api.http.MediaTypes.X_YAML;
import static io.github.rayservice.scaffolder.api.http.MediaTypes.YAML;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.api.http.QueryParameters;
import io.github.rayservice.scaffolder.deploy.Links;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The HTTP interface of Ray Services, with its description. */
@Path(Links.API)
@Tag(name = "Ray Services")
@Produces({JSON, YAML, X_YAML, TEXT_YAML})
interface RayServiceApi {
  @POST
  @Consumes({JSON, YAML, X_YAML, TEXT_YAML})
  @Operation(summary = "Create a Ray Service")
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = JSON,
            schema = @Schema(implementation = RayServiceDocument.class),
            examples = @ExampleObject(name = "README", value = ApiExamples.CREATE_JSON)),
        @Content(
            mediaType = YAML,
            schema = @Schema(implementation = RayServiceDocument.class),
            examples = @ExampleObject(name = "README", value = ApiExamples.CREATE_YAML))
      })
  @APIResponse(
      responseCode = "201",
      description = "It is in Git",
      headers = {
        @Header(
            name = "Location",
            description = "Its address",
            schema = @Schema(type = SchemaType.STRING)),
        @Header(
            name = "ETag",
            description = "Its version for the next If-Match",
            schema = @Schema(type = SchemaType.STRING))
      },
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.Outcome.class),
              examples = @ExampleObject(name = "created", value = ApiExamples.OUTCOME)))
  @APIResponse(
      responseCode = "200",
      description = "With dryRun=All: what would be written. Otherwise: Git had it already",
      content =
          @Content(
              mediaType = JSON,
              schema =
                  @Schema(
                      anyOf = {
                        Representations.DryRunRepresentation.class,
                        Representations.Outcome.class
                      })))
  Response create(
      @Parameter(ref = QueryParameters.DRY_RUN) @QueryParam(QueryParameters.DRY_RUN)
          Optional<String> dryRun,
      InputStream body,
      @Context HttpHeaders headers);

  @GET
  @Operation(summary = "List Ray Services, by namespace and name")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.RayServiceList.class)))
  Representations.RayServiceList list(
      @Parameter(
              description = "Only those of one team's namespace",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      pattern = RayServiceId.DNS_1123_LABEL,
                      maxLength = 63))
          @QueryParam(QueryParameters.NAMESPACE)
          Optional<String> namespace,
      @Parameter(ref = QueryParameters.LIMIT) @QueryParam(QueryParameters.LIMIT)
          Optional<String> limit,
      @Parameter(ref = QueryParameters.CONTINUE) @QueryParam(QueryParameters.CONTINUE)
          Optional<String> after);

  @GET
  @Path("{namespace}/{name}")
  @Operation(
      summary = "Read a Ray Service as Git has it, with what is proposed for it",
      description =
          "spec is what is accepted; of what is proposed only, the proposal. status.proposal tells its merge request.")
  @APIResponse(
      responseCode = "200",
      description =
          "ETag is <version>.<digest>: If-None-Match compares all that is shown, If-Match only the version",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.Stored.class)))
  @APIResponse(responseCode = "304", description = "Nothing has changed since If-None-Match")
  Response read(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context Request request);

  @PUT
  @Path("{namespace}/{name}")
  @Consumes({JSON, YAML, X_YAML, TEXT_YAML})
  @Operation(
      summary = "Change a Ray Service",
      description =
          "The document replaces the form's fields; an absent field gets its default, but an absent namespace, createdBy or restartedAt stays. "
              + "What people wrote into the files by hand stays too.")
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = JSON,
            schema = @Schema(implementation = RayServiceDocument.class),
            examples = @ExampleObject(name = "README", value = ApiExamples.CREATE_JSON)),
        @Content(mediaType = YAML, schema = @Schema(implementation = RayServiceDocument.class))
      })
  Response update(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Parameter(ref = QueryParameters.DRY_RUN) @QueryParam(QueryParameters.DRY_RUN)
          Optional<String> dryRun,
      InputStream body,
      @Context HttpHeaders headers);

  @POST
  @Path("{namespace}/{name}:restart")
  @Operation(
      summary = "Restart a Ray Service",
      description =
          "Sets spec.restartedAt to now: KubeRay makes a second Ray cluster with the same form, which loads new code from the same address, and goes over to it.")
  Response restart(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Parameter(ref = QueryParameters.DRY_RUN) @QueryParam(QueryParameters.DRY_RUN)
          Optional<String> dryRun,
      @Context HttpHeaders headers);

  @POST
  @Path("{namespace}/{name}:rollback")
  @Consumes({JSON, YAML, X_YAML, TEXT_YAML})
  @Operation(
      summary = "Bring an earlier form of a Ray Service back",
      description =
          "A change like any other, to the spec of an earlier commit of its history. createdBy and restartedAt stay.")
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = JSON,
            schema = @Schema(implementation = Representations.Rollback.class)),
        @Content(
            mediaType = YAML,
            schema = @Schema(implementation = Representations.Rollback.class))
      })
  Response rollback(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Parameter(ref = QueryParameters.DRY_RUN) @QueryParam(QueryParameters.DRY_RUN)
          Optional<String> dryRun,
      InputStream body,
      @Context HttpHeaders headers);

  @GET
  @Path("{namespace}/{name}/history")
  @Operation(
      summary = "List the versions of a Ray Service since it was created, newest first",
      description =
          "As the branch has them that Argo CD follows; what is only proposed is not a version.")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = VersionRepresentations.VersionList.class)))
  VersionRepresentations.VersionList history(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Parameter(
              description = "At most so many versions",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "" + QueryParameters.MOST_VERSIONS,
                      defaultValue = "" + QueryParameters.DEFAULT_VERSIONS))
          @QueryParam(QueryParameters.LIMIT)
          Optional<String> limit,
      @Parameter(
              description = "continue of the answer before",
              schema = @Schema(type = SchemaType.STRING, pattern = QueryParameters.COMMIT_PATTERN))
          @QueryParam(QueryParameters.CONTINUE)
          Optional<String> after);

  @DELETE
  @Path("{namespace}/{name}")
  @Operation(summary = "Delete a Ray Service: its directory in Git, with everything in it")
  Response delete(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Parameter(ref = QueryParameters.DRY_RUN) @QueryParam(QueryParameters.DRY_RUN)
          Optional<String> dryRun,
      @Context HttpHeaders headers);

  @GET
  @Path("{namespace}/{name}/events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(summary = "Follow one Ray Service", description = StatusEventStream.DESCRIPTION)
  Multi<OutboundSseEvent> follow(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @HeaderParam(StatusEventStream.LAST_EVENT_ID) Optional<String> after,
      @Context Sse sse);
}
