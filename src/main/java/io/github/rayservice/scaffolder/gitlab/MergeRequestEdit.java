package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Optional;

/**
 * Changes to a merge request; an absent field stays as it is.
 *
 * @param addLabels labels to add, separated by commas
 * @param assigneeIds replaces all assignees
 * @param reviewerIds replaces all reviewers
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record MergeRequestEdit(
    Optional<String> title,
    Optional<String> description,
    Optional<String> addLabels,
    Optional<List<Long>> assigneeIds,
    Optional<List<Long>> reviewerIds) {
  private static final MergeRequestEdit NOTHING =
      new MergeRequestEdit(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public boolean isNothing() {
    return equals(NOTHING);
  }
}
