package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.api.http.QueryParameters;
import io.github.rayservice.scaffolder.deploy.DeployResult;
import io.github.rayservice.scaffolder.deploy.DryRunResult;
import io.github.rayservice.scaffolder.deploy.Links;
import io.github.rayservice.scaffolder.deploy.query.RayServiceQueries;
import io.github.rayservice.scaffolder.form.ClusterResources;
import io.github.rayservice.scaffolder.form.FieldChange;
import io.github.rayservice.scaffolder.form.InvalidFormException;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.platform.Dashboard;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the API answers with, in the shapes that callers see. */
final class Representations {
  private static final String COST =
      "What its hardware is estimated to cost; absent when no price is known, and for a deletion";

  private static final String DASHBOARD =
      "The Ray dashboard; absent for a deletion and for what cannot be read";

  private Representations() {}

  /** A Ray Service's identity. */
  @Schema(name = "RayServiceIdentity")
  record Identity(
      @Schema(examples = "team-ml") String namespace,
      @Schema(examples = "text-ml-service") String name) {
    static Identity of(RayServiceId id) {
      return new Identity(id.namespace(), id.name());
    }
  }

  @Schema(name = "Outcome", description = "What a request did")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Outcome(
      @Schema(
              description = "What the request did; unchanged: Git had everything already",
              enumeration = {"created", "updated", "deleted", "unchanged"})
          String result,
      Identity rayService,
      @Schema(description = "Branch that holds the commit", examples = "main") String branch,
      @Schema(
              description = "The commit that made the Ray Service what it is",
              examples = "4f2b9d0c1e7a86f35d2c9b8a7e6f5d4c3b2a1908")
          String commit,
      @Schema(
              description = "Paths that the commit changed",
              examples = "[\"rayservices/team-ml/text-ml-service/rayservice.yaml\"]")
          List<String> files,
      @Schema(description = "The merge request that proposes it; absent when it needs none")
          Optional<MergeRequestStatus> mergeRequest,
      @Schema(description = COST) Optional<MonthlyCost> estimatedMonthlyCost,
      Links links,
      @Schema(description = DASHBOARD) Optional<Dashboard> dashboard,
      @Schema(
              description = "Request-Id of the commit; absent for a commit made by others",
              implementation = String.class)
          Optional<String> requestId,
      @Schema(description = "What is legal but seldom meant") List<Violation> warnings) {
    static Outcome of(DeployResult deployment) {
      CommitResult result = deployment.result();
      return new Outcome(
          lower(result.outcome()),
          Identity.of(result.id()),
          result.branch(),
          result.commit(),
          result.files(),
          deployment.mergeRequest(),
          deployment.monthlyCost(),
          deployment.links(),
          deployment.dashboard(),
          result.requestId(),
          deployment.warnings());
    }
  }

  @Schema(name = "DryRun", description = "What a request would do; nothing was written")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record DryRunRepresentation(
      @Schema(enumeration = {"created", "updated", "deleted", "unchanged"}) String result,
      @Schema(description = "Always true") boolean dryRun,
      Identity rayService,
      String branch,
      @Schema(
              type = SchemaType.OBJECT,
              additionalProperties = String.class,
              description = "Path to text of every file after the change")
          SortedMap<String, String> files,
      @Schema(description = "Unified diff against the branch; empty when nothing would change")
          String diff,
      @Schema(
              description =
                  "Fields that differ from what is accepted; empty for a new Ray Service and for a deletion")
          List<FieldChangeRepresentation> changes,
      @Schema(
              description =
                  "What a second Ray cluster takes until the first one ends; absent when none is made")
          Optional<ClusterResources> secondCluster,
      @Schema(description = COST) Optional<MonthlyCost> estimatedMonthlyCost,
      Links links,
      @Schema(description = DASHBOARD) Optional<Dashboard> dashboard,
      List<Violation> warnings) {
    static DryRunRepresentation of(DryRunResult dryRun) {
      Preview preview = dryRun.preview();
      return new DryRunRepresentation(
          lower(preview.outcome()),
          true,
          Identity.of(preview.id()),
          preview.branch(),
          preview.files(),
          preview.diff(),
          FieldChangeRepresentation.of(dryRun.effects().changes()),
          dryRun.effects().secondCluster(),
          dryRun.monthlyCost(),
          dryRun.links(),
          dryRun.dashboard(),
          dryRun.warnings());
    }
  }

  @Schema(name = "Rollback", description = "Which earlier form comes back")
  record Rollback(
      @Schema(
              required = true,
              description = "A commit of the Ray Service's history",
              pattern = QueryParameters.COMMIT_PATTERN,
              examples = "95638b7a5ced3cdc8750a51b5c4d035de50c98dd")
          String commit) {
    static Rollback of(JsonNode document) {
      JsonNode commit = document.path("commit");
      if (!document.isObject() || document.size() != 1 || !commit.isTextual()) {
        throw new InvalidFormException(
            List.of(
                Violation.withoutValue(
                    "(document)",
                    "must be an object with the one field commit, a text",
                    "body of this API")));
      }
      return new Rollback(commit.textValue());
    }
  }

  @Schema(name = "FieldChange", description = "A field with another value")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record FieldChangeRepresentation(
      @Schema(examples = "resources.worker.cpu", description = "Path below spec") String field,
      @Schema(description = "Absent when the field was absent") @Nullable JsonNode before,
      @Schema(description = "Absent when the field is absent") @Nullable JsonNode after,
      @Schema(
              enumeration = {"inPlace", "newCluster", "endpoints", "volume", "none"},
              description =
                  "What it does to what runs: the running Ray cluster loads it; a second Ray cluster runs until it serves; the addresses change; the volume grows where its StorageClass allows that, and nothing restarts; nothing that runs changes")
          String effect) {
    static List<FieldChangeRepresentation> of(List<FieldChange> changes) {
      return changes.stream()
          .map(change ->
              new FieldChangeRepresentation(
                  change.field(), change.before(), change.after(), change.effect().code()))
          .toList();
    }
  }

  @Schema(name = "StoredRayService", description = "A Ray Service as Git has it")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Stored(
      @Schema(examples = RayServiceDocument.API_VERSION) String apiVersion,
      @Schema(examples = RayServiceDocument.KIND) String kind,
      StoredMetadata metadata,
      Optional<RayServiceForm> spec,
      StoredStatus status) {
    static Stored of(RayServiceQueries.RayServiceDetails found, boolean forWriter) {
      return new Stored(
          RayServiceDocument.API_VERSION,
          RayServiceDocument.KIND,
          StoredMetadata.of(found),
          found.document().map(RayServiceDocument::spec),
          StoredStatus.of(found, forWriter));
    }
  }

  @Schema(name = "StoredRayServiceMetadata")
  record StoredMetadata(
      @Schema(examples = "team-ml") String namespace,
      @Schema(examples = "text-ml-service") String name,
      @Schema(description = "Labels in Git") Map<String, String> labels,
      @Schema(description = "Annotations in Git") Map<String, String> annotations) {
    static StoredMetadata of(RayServiceQueries.RayServiceDetails found) {
      Optional<RayServiceDocument.Metadata> metadata =
          found.document().map(RayServiceDocument::metadata);
      return new StoredMetadata(
          found.id().namespace(),
          found.id().name(),
          metadata.map(RayServiceDocument.Metadata::labels).orElse(Map.of()),
          metadata.map(RayServiceDocument.Metadata::annotations).orElse(Map.of()));
    }
  }

  @Schema(
      name = "StoredRayServiceStatus",
      description = "Read only; passed over, with a warning, when it is sent back")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record StoredStatus(
      @Schema(
              description =
                  "Version of its directory in Git, for the If-Match of the next change; absent when Git does not have it",
              implementation = String.class)
          Optional<String> version,
      @Schema(
              description =
                  "Branch that has it: what is only proposed has a branch of its own; absent when its proposal was rejected",
              implementation = String.class)
          Optional<String> branch,
      @Schema(description = "The commit that made it what it is", implementation = String.class)
          Optional<String> commit,
      @Schema(implementation = String.class) Optional<String> requestId,
      @Schema(
              description =
                  "Unified diff from what this service would write to what Git has: edits made by hand; empty when there are none")
          String drift,
      @Schema(
              description = "Why the file cannot be read as a Ray Service; spec is absent then",
              implementation = String.class)
          Optional<String> problem,
      @Schema(description = "What is proposed for it; absent when nothing ever was")
          Optional<Proposed> proposal,
      @Schema(
              description = "Why the merge request could not be looked up",
              implementation = String.class)
          Optional<String> proposalProblem,
      @Schema(
              description = "Where it is on its way to running",
              enumeration = {
                "Proposed",
                "Rejected",
                "Accepted",
                "Syncing",
                "Provisioning",
                "Starting",
                "Running",
                "Updating",
                "Degraded",
                "Failed",
                "Deleting",
                "Unknown"
              })
          String phase,
      @Schema(description = "The phase's reason, for machines") String reason,
      @Schema(description = "The phase's reason, for people") String message,
      @Schema(description = "When the phase began") Instant since,
      @Schema(description = "What each source says")
          List<StatusRepresentations.ConditionRepresentation> conditions,
      @Schema(description = "Why it does not run, the likeliest cause first")
          List<StatusRepresentations.FindingRepresentation> diagnosis,
      @Schema(description = "The last transitions, oldest first")
          List<StatusRepresentations.TransitionRepresentation> history,
      Links links,
      @Schema(description = DASHBOARD) Optional<Dashboard> dashboard) {
    static StoredStatus of(RayServiceQueries.RayServiceDetails found, boolean forWriter) {
      Optional<CommitResult> change = found.lastChange();
      StatusRepresentations.PhaseRepresentation phase =
          StatusRepresentations.PhaseRepresentation.of(found.status());
      return new StoredStatus(
          found.version(),
          change.map(CommitResult::branch),
          change.map(CommitResult::commit),
          change.flatMap(CommitResult::requestId),
          found.drift(),
          found.problem(),
          Proposed.of(found),
          found.mergeRequestProblem(),
          phase.phase(),
          phase.reason(),
          phase.message(),
          phase.since(),
          StatusRepresentations.ConditionRepresentation.of(found.status(), forWriter),
          StatusRepresentations.FindingRepresentation.of(found.status(), forWriter),
          StatusRepresentations.TransitionRepresentation.of(found.status()),
          found.links(),
          found.dashboard());
    }
  }

  @Schema(
      name = "Proposal",
      description = "The newest proposal; without a branch it is merged or closed")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Proposed(
      @Schema(
              description = "What merging does; unchanged: it is accepted already",
              enumeration = {"created", "updated", "deleted", "unchanged"},
              implementation = String.class)
          Optional<String> result,
      @Schema(implementation = String.class) Optional<String> branch,
      @Schema(description = "Tip of the branch", implementation = String.class)
          Optional<String> commit,
      @Schema(
              description = "Version on the branch, for the If-Match of the next change",
              implementation = String.class)
          Optional<String> version,
      @Schema(
              description = "Unified diff from what is accepted to what is proposed",
              implementation = String.class)
          Optional<String> diff,
      Optional<MergeRequestStatus> mergeRequest) {
    static Optional<Proposed> of(RayServiceQueries.RayServiceDetails found) {
      Optional<Proposal> proposal = found.proposal();
      if (proposal.isEmpty() && found.mergeRequest().isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new Proposed(
              proposal.map(p -> lower(p.outcome())),
              proposal.map(Proposal::branch),
              proposal.map(Proposal::commit),
              proposal.flatMap(Proposal::version),
              proposal.map(Proposal::diff),
              found.mergeRequest()));
    }
  }

  @Schema(name = "RayServiceList", description = "A part of all Ray Services")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record RayServiceList(
      List<ListItemRepresentation> items,
      @Schema(
              name = "continue",
              description = "Send it as the parameter continue to read on; absent in the last part",
              implementation = String.class)
          @JsonProperty("continue")
          Optional<String> next) {
    static RayServiceList of(RayServiceQueries.ListPage page) {
      return new RayServiceList(
          page.items().stream().map(ListItemRepresentation::of).toList(),
          page.next().map(RayServiceId::toString));
    }
  }

  @Schema(name = "RayServiceListItem")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record ListItemRepresentation(
      Identity metadata,
      @Schema(
              description =
                  "Version: what the ETag of the Ray Service has before its dot; absent when it is only in the cluster",
              implementation = String.class)
          Optional<String> version,
      Optional<ItemSpec> spec,
      @Schema(
              description = "Why the file cannot be read as a Ray Service; spec is absent then",
              implementation = String.class)
          Optional<String> problem,
      @Schema(description = "Its open merge request, as seen last; absent when there is none")
          Optional<MergeRequestStatus> mergeRequest,
      StatusRepresentations.PhaseRepresentation status) {
    static ListItemRepresentation of(RayServiceQueries.ListItem entry) {
      IndexEntry service = entry.service();
      return new ListItemRepresentation(
          Identity.of(service.id()),
          Optional.of(service.version()).filter(version -> !version.isEmpty()),
          service.summary().map(ItemSpec::of),
          service.problem(),
          entry.mergeRequest(),
          StatusRepresentations.PhaseRepresentation.of(entry.status()));
    }
  }

  @Schema(name = "RayServiceListItemSpec", description = "The fields that tell one from another")
  record ItemSpec(
      String name,
      String namespace,
      @Schema(description = "Host of the endpoints") String host,
      String createdBy) {
    static ItemSpec of(InstanceSummary summary) {
      return new ItemSpec(
          summary.name(), summary.targetNamespace(), summary.host(), summary.createdBy());
    }
  }

  private static String lower(CommitResult.Outcome result) {
    return result.name().toLowerCase(Locale.ROOT);
  }
}
