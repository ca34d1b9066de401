package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A merge request of GitLab's API.
 *
 * @param iid the number within the project
 * @param sourceProjectId the project of the source branch: a fork's where it is a fork's; null once
 *     that fork is deleted
 * @param targetProjectId the project that it is a merge request of; null only from a server that is
 *     no GitLab
 * @param sha newest commit of the source branch; the last one when the branch is deleted
 * @param squashCommitSha what squashing made of it; null when it was not squashed
 * @param detailedMergeStatus one of GitLab's values; newer versions of GitLab have more of them
 * @param author the user that opened it
 * @param mergeWhenPipelineSucceeds whether auto-merge is set
 * @param createdAt null only from a server that is no GitLab
 * @param mergedAt null while it is not merged
 * @param headPipeline null when there is none, and in lists
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record MergeRequest(
    long iid,
    @Nullable Long sourceProjectId,
    @Nullable Long targetProjectId,
    MergeRequestState state,
    String sourceBranch,
    String targetBranch,
    @Nullable String sha,
    @Nullable String squashCommitSha,
    String webUrl,
    String title,
    @Nullable String description,
    @Nullable List<String> labels,
    @Nullable Boolean draft,
    @Nullable String detailedMergeStatus,
    @Nullable Boolean mergeWhenPipelineSucceeds,
    @Nullable User author,
    @Nullable List<User> assignees,
    @Nullable List<User> reviewers,
    @Nullable Pipeline headPipeline,
    @Nullable Instant updatedAt,
    @Nullable Instant createdAt,
    @Nullable Instant mergedAt) {

  /** The pipeline of the newest commit; {@code status} is one of GitLab's values. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Pipeline(String status, @Nullable String webUrl) {}

  /**
   * Whether its source branch is a branch of the project itself. Whoever may read the project may
   * open one from a fork, whose branch can have any name.
   */
  boolean isOfProject() {
    return targetProjectId != null && targetProjectId.equals(sourceProjectId);
  }

  public boolean isOpen() {
    return state.isOpen();
  }

  public boolean isDraft() {
    return Boolean.TRUE.equals(draft);
  }

  public boolean isAutoMerge() {
    return Boolean.TRUE.equals(mergeWhenPipelineSucceeds);
  }

  /**
   * Whether this is an older state than the other one. Responses and events of GitLab can arrive
   * out of order. GitLab never opens a merged merge request again.
   */
  public boolean isOlderThan(MergeRequest other) {
    if (iid != other.iid) {
      return iid < other.iid;
    }
    if ((state == MergeRequestState.MERGED) != (other.state == MergeRequestState.MERGED)) {
      return other.state == MergeRequestState.MERGED;
    }
    return updatedAt != null && other.updatedAt != null && updatedAt.isBefore(other.updatedAt);
  }
}
