package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A merge request as GitLab's API describes it.
 *
 * @param iid its number within the project
 * @param state {@code opened}, {@code closed}, {@code locked} or {@code merged}
 * @param sha head of the source branch; the last one when the branch is gone
 * @param detailedMergeStatus one of GitLab's words, which grow with its versions
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record MergeRequest(
    long iid,
    String state,
    String sourceBranch,
    String targetBranch,
    @Nullable String sha,
    String webUrl,
    String title,
    @Nullable String description,
    @Nullable List<String> labels,
    @Nullable Boolean draft,
    @Nullable String detailedMergeStatus) {
  public boolean isOpen() {
    return state.equals("opened") || state.equals("locked");
  }
}
