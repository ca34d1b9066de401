package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Optional;

/**
 * What is to become otherwise about a merge request; what is absent stays.
 *
 * @param addLabels separated by commas, as GitLab takes them
 * @param assigneeIds all of them from now on
 * @param reviewerIds all of them from now on
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
