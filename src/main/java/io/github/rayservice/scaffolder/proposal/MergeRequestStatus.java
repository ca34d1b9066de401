package io.github.rayservice.scaffolder.proposal;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.rayservice.scaffolder.gitlab.DetailedMergeStatus;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitlab.MergeRequestState;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A merge request, as those who proposed it see it.
 *
 * @param number of the merge request within its project
 * @param mergeStatus GitLab's {@code detailed_merge_status}, as it says it
 * @param waitsFor the same in words
 * @param pipeline of the branch's head
 * @param autoMerge whether GitLab merges by itself once all checks have passed
 * @param autoMergeProblem why it does not, though the platform wants that
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
@Schema(name = "MergeRequest", description = "The merge request that proposes the change")
public record MergeRequestStatus(
    @Schema(description = "Number within the project", examples = "5") long number,
    @Schema(examples = "https://gitlab.company.com/platform/gitops/-/merge_requests/5") String url,
    @Schema(
            enumeration = {"opened", "merged", "closed", "locked"},
            implementation = String.class)
        MergeRequestState state,
    @Schema(description = "Whether it is a draft") boolean draft,
    @Schema(
            description = "GitLab's detailed_merge_status; absent once it is merged or closed",
            examples = "not_approved",
            implementation = String.class)
        Optional<String> mergeStatus,
    @Schema(
            description = "The same in words",
            examples = "waits for approval",
            implementation = String.class)
        Optional<String> waitsFor,
    @Schema(description = "Pipeline of the branch's head; absent when there is none")
        Optional<Pipeline> pipeline,
    @Schema(description = "Whether GitLab merges by itself once all checks have passed")
        boolean autoMerge,
    @Schema(
            description = "Why auto-merge could not be set by this request",
            implementation = String.class)
        Optional<String> autoMergeProblem) {

  /** {@code status} is one of GitLab's words: created, running, success, failed, … */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  @Schema(name = "Pipeline", description = "A pipeline on GitLab")
  public record Pipeline(
      @Schema(examples = "running") String status,
      @Schema(
              examples = "https://gitlab.company.com/platform/gitops/-/pipelines/77",
              implementation = String.class)
          Optional<String> url) {
    private static Optional<Pipeline> of(MergeRequest request) {
      return Optional.ofNullable(request.headPipeline())
          .map(p -> new Pipeline(p.status(), Optional.ofNullable(p.webUrl())));
    }
  }

  public static MergeRequestStatus of(MergeRequest request) {
    Optional<String> status =
        request.isOpen() ? Optional.ofNullable(request.detailedMergeStatus()) : Optional.empty();
    return new MergeRequestStatus(
        request.iid(),
        request.webUrl(),
        request.state(),
        request.isDraft(),
        status,
        status.map(DetailedMergeStatus::describe),
        Pipeline.of(request),
        request.isAutoMerge(),
        Optional.empty());
  }

  public boolean wasMerged() {
    return state == MergeRequestState.MERGED;
  }

  /** Whether people have turned it down. */
  public boolean wasClosed() {
    return state == MergeRequestState.CLOSED;
  }

  MergeRequestStatus withAutoMergeProblem(Optional<String> problem) {
    return new MergeRequestStatus(
        number, url, state, draft, mergeStatus, waitsFor, pipeline, autoMerge, problem);
  }
}
