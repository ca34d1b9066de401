package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A merge request as GitLab's API describes it.
 *
 * @param iid its number within the project
 * @param sha head of the source branch; the last one when the branch is gone
 * @param detailedMergeStatus one of GitLab's words, which grow with its versions
 * @param author who opened it
 * @param mergeWhenPipelineSucceeds whether auto-merge is set, whatever it waits for
 * @param headPipeline absent where there is none, and in lists
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record MergeRequest(
    long iid,
    MergeRequestState state,
    String sourceBranch,
    String targetBranch,
    @Nullable String sha,
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
    @Nullable Instant updatedAt) {

  /** The pipeline of the branch's head; {@code status} is one of GitLab's words. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Pipeline(long id, String status, @Nullable String webUrl) {}

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
   * Whether this tells something older than the other one does: answers of GitLab may overtake each
   * other. What is merged never opens again.
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
