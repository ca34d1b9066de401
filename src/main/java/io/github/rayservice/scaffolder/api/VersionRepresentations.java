package io.github.rayservice.scaffolder.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.rayservice.scaffolder.deploy.query.RayServiceHistory;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the API answers about the versions of a Ray Service. */
final class VersionRepresentations {
  private VersionRepresentations() {}

  @Schema(name = "VersionList", description = "Versions of a Ray Service, newest first")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record VersionList(
      List<VersionRepresentation> items,
      @JsonProperty("continue")
          @Schema(
              description = "For the next request; absent when this was the last part",
              implementation = String.class)
          Optional<String> next,
      @Schema(
              description = "Why merge requests could not be looked up",
              implementation = String.class)
          Optional<String> mergeRequestProblem) {
    static VersionList of(RayServiceHistory.Page page) {
      return new VersionList(
          page.items().stream().map(VersionRepresentation::of).toList(),
          page.next(),
          page.mergeRequestProblem());
    }
  }

  @Schema(name = "Version", description = "What one commit made of a Ray Service")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record VersionRepresentation(
      @Schema(description = "For a rollback", examples = "95638b7a5ced3cdc8750a51b5c4d035de50c98dd")
          String commit,
      @Schema(description = "When it was committed") Instant at,
      @Schema(description = "Who asked for it", examples = "ml-engineer") String author,
      @Schema(description = "Absent for a commit by hand", implementation = String.class)
          Optional<String> requestId,
      @Schema(enumeration = {"created", "updated", "deleted"}) String result,
      @Schema(description = "Fields that differ from the version before; empty for a creation")
          List<Representations.FieldChangeRepresentation> changes,
      @Schema(description = "The merge request that brought it; absent when none is known")
          Optional<MergeRequestLink> mergeRequest,
      @Schema(
              description =
                  "When Argo CD first brought it to the cluster; absent when it did not, or no longer remembers",
              implementation = Instant.class)
          Optional<Instant> syncedAt) {
    static VersionRepresentation of(RayServiceHistory.Entry entry) {
      return new VersionRepresentation(
          entry.version().commit(),
          entry.version().at(),
          entry.version().author(),
          entry.version().requestId(),
          entry.version().outcome().name().toLowerCase(Locale.ROOT),
          Representations.FieldChangeRepresentation.of(entry.changes()),
          entry.mergeRequest().map(MergeRequestLink::of),
          entry.syncedAt());
    }
  }

  @Schema(name = "MergeRequestLink")
  record MergeRequestLink(
      @Schema(description = "Number within the project", examples = "5") long number,
      @Schema(examples = "https://gitlab.company.com/platform/gitops/-/merge_requests/5")
          String url) {
    static MergeRequestLink of(MergeRequest request) {
      return new MergeRequestLink(request.iid(), request.webUrl());
    }
  }
}
