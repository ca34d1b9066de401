package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.access.AccessControl;
import io.github.rayservice.scaffolder.access.Caller;
import io.github.rayservice.scaffolder.api.http.DocumentReader;
import io.github.rayservice.scaffolder.api.http.EntityTags;
import io.github.rayservice.scaffolder.api.http.Problems;
import io.github.rayservice.scaffolder.api.http.QueryParameters;
import io.github.rayservice.scaffolder.api.http.RequestHeaders;
import io.github.rayservice.scaffolder.deploy.ChangePreparation;
import io.github.rayservice.scaffolder.deploy.DeployResult;
import io.github.rayservice.scaffolder.deploy.Deployer;
import io.github.rayservice.scaffolder.deploy.DryRunResult;
import io.github.rayservice.scaffolder.deploy.PreparedChange;
import io.github.rayservice.scaffolder.deploy.RequestIdentity;
import io.github.rayservice.scaffolder.deploy.query.RayServiceHistory;
import io.github.rayservice.scaffolder.deploy.query.RayServiceQueries;
import io.github.rayservice.scaffolder.form.CreatedByPolicy;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/** Ray Services in Git: create, read, change, preview and delete them. */
@Authenticated
public class RayServiceResource implements RayServiceApi {
  private final ChangePreparation preparation;
  private final Deployer deployer;
  private final RayServiceQueries queries;
  private final RayServiceHistory histories;
  private final EntityTags entityTags;
  private final StatusEventStream streams;
  private final AuditLog auditLog;
  private final AccessControl access;
  private final SecurityIdentity identity;

  /** Of the request that is being answered. */
  private final ContainerRequestContext context;

  RayServiceResource(
      ChangePreparation preparation,
      Deployer deployer,
      RayServiceQueries queries,
      RayServiceHistory histories,
      EntityTags entityTags,
      StatusEventStream streams,
      AuditLog auditLog,
      AccessControl access,
      SecurityIdentity identity,
      ContainerRequestContext context) {
    this.preparation = preparation;
    this.deployer = deployer;
    this.streams = streams;
    this.queries = queries;
    this.histories = histories;
    this.entityTags = entityTags;
    this.auditLog = auditLog;
    this.access = access;
    this.identity = identity;
    this.context = context;
  }

  @Override
  public Response create(Optional<String> dryRun, InputStream body, HttpHeaders headers) {
    JsonNode document = DocumentReader.read(body, headers.getMediaType());
    JsonNode metadata = document.path("metadata");
    AuditLog.Write write =
        authorize("create", metadata.path("namespace").asText(), metadata.path("name").asText());
    return previewOrDeploy(
        write, () -> preparation.create(document, creator(write)), dryRun, headers);
  }

  @Override
  public Representations.RayServiceList list(
      Optional<String> namespace, Optional<String> limit, Optional<String> after) {
    return Representations.RayServiceList.of(
        queries.list(
            QueryParameters.namespace(namespace),
            QueryParameters.position(after),
            QueryParameters.limit(limit)));
  }

  @Override
  public Response read(String namespace, String name, Request request) {
    RayServiceId id = id(namespace, name);
    RayServiceQueries.RayServiceDetails found =
        queries.find(id).orElseThrow(() -> missing(id.toString()));
    Representations.Stored stored =
        Representations.Stored.of(found, access.mayWrite(access.caller(identity), namespace));
    EntityTag tag = entityTags.of(found.version(), stored, request);
    Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
    return unchanged != null ? unchanged.build() : Response.ok(stored).tag(tag).build();
  }

  @Override
  public Response update(
      String namespace,
      String name,
      Optional<String> dryRun,
      InputStream body,
      HttpHeaders headers) {
    AuditLog.Write write = authorize("update", namespace, name);
    return previewOrDeploy(
        write,
        () ->
            preparation.update(
                id(namespace, name),
                DocumentReader.read(body, headers.getMediaType()),
                RequestHeaders.ifMatch(headers),
                creator(write)),
        dryRun,
        headers);
  }

  @Override
  public Response restart(
      String namespace, String name, Optional<String> dryRun, HttpHeaders headers) {
    AuditLog.Write write = authorize("restart", namespace, name);
    return previewOrDeploy(
        write,
        () ->
            preparation.restart(
                id(namespace, name), RequestHeaders.ifMatch(headers), creator(write)),
        dryRun,
        headers);
  }

  @Override
  public Response rollback(
      String namespace,
      String name,
      Optional<String> dryRun,
      InputStream body,
      HttpHeaders headers) {
    AuditLog.Write write = authorize("rollback", namespace, name);
    return previewOrDeploy(
        write,
        () ->
            preparation.rollback(
                id(namespace, name),
                Representations.Rollback.of(DocumentReader.read(body, headers.getMediaType()))
                    .commit(),
                RequestHeaders.ifMatch(headers),
                creator(write)),
        dryRun,
        headers);
  }

  @Override
  public VersionRepresentations.VersionList history(
      String namespace, String name, Optional<String> limit, Optional<String> after) {
    RayServiceId id = id(namespace, name);
    return VersionRepresentations.VersionList.of(
        histories
            .of(id, QueryParameters.commit(after), QueryParameters.versions(limit))
            .orElseThrow(() -> missing(id.toString())));
  }

  @Override
  public Response delete(
      String namespace, String name, Optional<String> dryRun, HttpHeaders headers) {
    AuditLog.Write write = authorize("delete", namespace, name);
    return previewOrDeploy(
        write,
        () ->
            preparation.delete(
                id(namespace, name), RequestHeaders.ifMatch(headers), creator(write)),
        dryRun,
        headers);
  }

  /** A write that its caller may do. */
  private AuditLog.Write authorize(String verb, String namespace, String name) {
    AuditLog.Write write = new AuditLog.Write(access.caller(identity), verb, namespace, name);
    auditLog.authorize(write);
    return write;
  }

  private static CreatedByPolicy creator(AuditLog.Write write) {
    Caller caller = write.caller();
    return new CreatedByPolicy(caller.subject(), caller.namesOthers());
  }

  @Override
  public Multi<OutboundSseEvent> follow(
      String namespace, String name, Optional<String> after, Sse sse) {
    return streams.follow(after, id(namespace, name)::equals, access.caller(identity), sse);
  }

  /** Prepares within the audit, so that a form that breaks rules leaves its line, too. */
  private Response previewOrDeploy(
      AuditLog.Write write,
      Supplier<PreparedChange> prepare,
      Optional<String> dryRun,
      HttpHeaders headers) {
    if (QueryParameters.dryRun(dryRun)) {
      DryRunResult preview =
          auditLog.preview(
              write,
              () -> {
                PreparedChange prepared = prepare.get();
                // Only checked: a dry run says whether the request would be taken.
                call(write, headers);
                return deployer.preview(prepared);
              });
      return Response.ok(Representations.DryRunRepresentation.of(preview)).build();
    }
    DeployResult deployment =
        auditLog.deploy(write, () -> deployer.deploy(prepare.get(), call(write, headers)));
    CommitResult result = deployment.result();
    Response.ResponseBuilder response =
        result.outcome() == CommitResult.Outcome.CREATED
            ? Response.status(Response.Status.CREATED)
                // As it is, and so right behind any proxy: a URI would get this service's own host.
                .header(HttpHeaders.LOCATION, deployment.links().self())
            // Proposed is not done: it waits for people.
            : deployment.mergeRequest().isPresent() ? Response.accepted() : Response.ok();
    result.version().map(EntityTag::new).ifPresent(response::tag);
    return response.entity(Representations.Outcome.of(deployment)).build();
  }

  private RequestIdentity call(AuditLog.Write write, HttpHeaders headers) {
    return RequestHeaders.call(write.caller().subject(), headers, context);
  }

  private static RayServiceId id(String namespace, String name) {
    return RayServiceId.of(namespace, name).orElseThrow(() -> missing(namespace + "/" + name));
  }

  private static RuntimeException missing(String id) {
    return Problems.notFound("there is no Ray Service " + id);
  }
}
