package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.api.http.MediaTypes.JSON;
import static io.github.rayservice.scaffolder.api.http.MediaTypes.TEXT_YAML;
import static io.github.rayservice.scaffolder.api.http.MediaTypes.X_YAML;
import static io.github.rayservice.scaffolder.api.http.MediaTypes.YAML;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.access.Caller;
import io.github.rayservice.scaffolder.api.http.DocumentReader;
import io.github.rayservice.scaffolder.api.http.Problems;
import io.github.rayservice.scaffolder.api.http.QueryParameters;
import io.github.rayservice.scaffolder.api.http.RequestHeaders;
import io.github.rayservice.scaffolder.deploy.DeployResult;
import io.github.rayservice.scaffolder.deploy.Deployer;
import io.github.rayservice.scaffolder.deploy.Links;
import io.github.rayservice.scaffolder.deploy.PreparedChange;
import io.github.rayservice.scaffolder.deploy.RequestIdentity;
import io.github.rayservice.scaffolder.deploy.query.RayServiceQueries;
import io.github.rayservice.scaffolder.form.CreatedByPolicy;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Ray Services in Git: create, read, change, preview and delete them. */
@Path(Links.API)
@Tag(name = "Ray Services")
@Produces({JSON, YAML, X_YAML, TEXT_YAML})
public class RayServiceResource {
  private static final String DRY_RUN =
      "All: answer with the rendered files and a diff, and write nothing";

  private final Deployer deployer;
  private final RayServiceQueries queries;
  private final StatusStore statusStore;
  private final StatusEventStream streams;
  private final AuditLog auditLog;

  RayServiceResource(
      Deployer deployer,
      RayServiceQueries queries,
      StatusStore statusStore,
      StatusEventStream streams,
      AuditLog auditLog) {
    this.deployer = deployer;
    this.streams = streams;
    this.queries = queries;
    this.statusStore = statusStore;
    this.auditLog = auditLog;
  }

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
      description = "It stands in Git; Location is its address, ETag its version",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.Outcome.class),
              examples = @ExampleObject(name = "created", value = ApiExamples.OUTCOME)))
  @APIResponse(
      responseCode = "200",
      description = "With dryRun=All: what would be written. Otherwise: it stood in Git already",
      content =
          @Content(
              mediaType = JSON,
              schema =
                  @Schema(
                      anyOf = {
                        Representations.DryRunRepresentation.class,
                        Representations.Outcome.class
                      })))
  public Response create(
      @Parameter(
              description = DRY_RUN,
              schema = @Schema(type = SchemaType.STRING, enumeration = QueryParameters.ALL))
          @QueryParam("dryRun")
          @Nullable String dryRun,
      InputStream body,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext context) {
    JsonNode document = DocumentReader.read(body, headers.getMediaType());
    JsonNode metadata = document.path("metadata");
    AuditLog.Write write =
        authorize(
            "create", metadata.path("namespace").asText(), metadata.path("name").asText(), context);
    PreparedChange prepared = deployer.create(document, creator(write));
    return previewOrDeploy(write, prepared, QueryParameters.dryRun(dryRun), headers, context);
  }

  @GET
  @Operation(summary = "List Ray Services, by namespace and name")
  @APIResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.RayServiceList.class)))
  public Representations.RayServiceList list(
      @Parameter(description = "Only those of one team's namespace") @QueryParam("namespace")
          Optional<String> namespace,
      @Parameter(
              description = "At most so many, 1 to 5000",
              schema = @Schema(type = SchemaType.INTEGER, defaultValue = "500"))
          @QueryParam("limit")
          @DefaultValue("500")
          String limit,
      @Parameter(description = "Where the last part ended: its field continue")
          @QueryParam("continue")
          @Nullable String after) {
    return Representations.RayServiceList.of(
        queries.list(namespace, QueryParameters.position(after), QueryParameters.limit(limit)));
  }

  @GET
  @Path("{namespace}/{name}")
  @Operation(
      summary = "Read a Ray Service as it stands in Git, with what is proposed for it",
      description =
          "spec is what is accepted; of what is proposed only, the proposal. status.proposal tells its merge request.")
  @APIResponse(
      responseCode = "200",
      description = "ETag is its version",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.Stored.class)))
  @APIResponse(responseCode = "304", description = "It has the version of If-None-Match")
  public Response read(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context Request request) {
    RayServiceId id = id(namespace, name);
    RayServiceQueries.RayServiceDetails found =
        queries.find(id).orElseThrow(() -> missing(id.toString()));
    Response.ResponseBuilder answer = Response.ok(Representations.Stored.of(found));
    if (found.version().isEmpty()) {
      return answer.build();
    }
    EntityTag tag = new EntityTag(found.version().get());
    // The version is that of what stands in Git. A review and the cluster go on without it.
    Response.ResponseBuilder unchanged =
        found.mergeRequest().isPresent() || statusStore.watchesCluster()
            ? null
            : request.evaluatePreconditions(tag);
    return unchanged != null ? unchanged.build() : answer.tag(tag).build();
  }

  @PUT
  @Path("{namespace}/{name}")
  @Consumes({JSON, YAML, X_YAML, TEXT_YAML})
  @Operation(
      summary = "Change a Ray Service",
      description =
          "The document replaces the form's fields; an absent field gets its default, an absent createdBy stays. "
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
  @APIResponse(
      responseCode = "200",
      description = "It stands in Git, or, with dryRun=All, would; ETag is its version",
      content =
          @Content(
              mediaType = JSON,
              schema =
                  @Schema(
                      anyOf = {
                        Representations.Outcome.class,
                        Representations.DryRunRepresentation.class
                      })))
  @APIResponse(
      responseCode = "202",
      description = "It is proposed: the merge request waits for people",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.Outcome.class)))
  public Response update(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Parameter(
              description = DRY_RUN,
              schema = @Schema(type = SchemaType.STRING, enumeration = QueryParameters.ALL))
          @QueryParam("dryRun")
          @Nullable String dryRun,
      InputStream body,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext context) {
    AuditLog.Write write = authorize("update", namespace, name, context);
    PreparedChange prepared =
        deployer.update(
            id(namespace, name),
            DocumentReader.read(body, headers.getMediaType()),
            RequestHeaders.ifMatch(headers),
            creator(write));
    return previewOrDeploy(write, prepared, QueryParameters.dryRun(dryRun), headers, context);
  }

  @DELETE
  @Path("{namespace}/{name}")
  @Operation(summary = "Delete a Ray Service: its directory in Git, with everything in it")
  @APIResponse(
      responseCode = "200",
      description = "It is gone from Git, or, with dryRun=All, would be",
      content =
          @Content(
              mediaType = JSON,
              schema =
                  @Schema(
                      anyOf = {
                        Representations.Outcome.class,
                        Representations.DryRunRepresentation.class
                      })))
  @APIResponse(
      responseCode = "202",
      description = "It is proposed: the merge request waits for people",
      content =
          @Content(
              mediaType = JSON,
              schema = @Schema(implementation = Representations.Outcome.class)))
  public Response delete(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Parameter(
              description = DRY_RUN,
              schema = @Schema(type = SchemaType.STRING, enumeration = QueryParameters.ALL))
          @QueryParam("dryRun")
          @Nullable String dryRun,
      @Context HttpHeaders headers,
      @Context ContainerRequestContext context) {
    AuditLog.Write write = authorize("delete", namespace, name, context);
    PreparedChange prepared =
        deployer.delete(id(namespace, name), RequestHeaders.ifMatch(headers), creator(write));
    return previewOrDeploy(write, prepared, QueryParameters.dryRun(dryRun), headers, context);
  }

  /** A write that its caller may do. */
  private AuditLog.Write authorize(
      String verb, String namespace, String name, ContainerRequestContext context) {
    AuditLog.Write write = new AuditLog.Write(AccessFilter.of(context), verb, namespace, name);
    auditLog.authorize(write);
    return write;
  }

  private static CreatedByPolicy creator(AuditLog.Write write) {
    Caller caller = write.caller();
    return new CreatedByPolicy(caller.subject(), caller.namesOthers());
  }

  @GET
  @Path("{namespace}/{name}/events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(summary = "Follow one Ray Service", description = StatusEventStream.DESCRIPTION)
  @Blocking // who calls is found out before, which may ask the issuer for its keys
  public Multi<OutboundSseEvent> follow(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @HeaderParam(StatusEventStream.LAST_EVENT_ID) Optional<String> after,
      @Context Sse sse) {
    return streams.follow(after, id(namespace, name)::equals, sse);
  }

  private Response previewOrDeploy(
      AuditLog.Write write,
      PreparedChange prepared,
      boolean dryRun,
      HttpHeaders headers,
      ContainerRequestContext context) {
    if (dryRun) {
      return Response.ok(Representations.DryRunRepresentation.of(deployer.preview(prepared)))
          .build();
    }
    RequestIdentity call = RequestHeaders.call(headers, context);
    DeployResult deployment = auditLog.record(write, () -> deployer.deploy(prepared, call));
    CommitResult result = deployment.result();
    Response.ResponseBuilder response =
        result.outcome() == CommitResult.Outcome.CREATED
            ? Response.created(URI.create(deployment.links().self()))
            // Proposed is not done: it waits for people.
            : deployment.mergeRequest().isPresent() ? Response.accepted() : Response.ok();
    result.version().map(EntityTag::new).ifPresent(response::tag);
    return response.entity(Representations.Outcome.of(deployment)).build();
  }

  private static RayServiceId id(String namespace, String name) {
    return RayServiceId.of(namespace, name).orElseThrow(() -> missing(namespace + "/" + name));
  }

  private static RuntimeException missing(String id) {
    return Problems.notFound("there is no Ray Service " + id);
  }
}
