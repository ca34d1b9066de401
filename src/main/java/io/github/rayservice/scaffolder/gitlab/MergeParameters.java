package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * Parameters of GitLab's merge endpoint.
 *
 * @param autoMerge whether GitLab merges as soon as all checks have passed, instead of now
 * @param mergeWhenPipelineSucceeds the same parameter of GitLab before 17.11
 * @param sha the commit at which the source branch must be
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record MergeParameters(boolean autoMerge, boolean mergeWhenPipelineSucceeds, String sha) {
  static MergeParameters autoMerge(String sha) {
    return new MergeParameters(true, true, sha);
  }

  static MergeParameters now(String sha) {
    return new MergeParameters(false, false, sha);
  }
}
