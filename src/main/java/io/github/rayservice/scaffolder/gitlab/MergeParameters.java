package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * The wish that a merge request be merged.
 *
 * @param autoMerge as soon as all of its checks have passed
 * @param mergeWhenPipelineSucceeds the same in the words of a GitLab before 17.11
 * @param sha only if its branch still ends there
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record MergeParameters(boolean autoMerge, boolean mergeWhenPipelineSucceeds, String sha) {
  static MergeParameters later(String sha) {
    return new MergeParameters(true, true, sha);
  }

  static MergeParameters now(String sha) {
    return new MergeParameters(false, false, sha);
  }
}
