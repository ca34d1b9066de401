package io.github.rayservice.scaffolder.proposal;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a merge request tells its reviewers beside the difference.
 *
 * @param parameters field to value, in the form's order; empty for a deletion
 * @param changes against what is accepted; empty for a new Ray Service and for a deletion
 * @param secondCluster what a second Ray cluster takes until the first one ends, in words; empty
 *     when none is made
 * @param monthlyCost what the hardware is estimated to cost, in words, before and after where that
 *     differs; empty when no price is known
 * @param modelCache the volume for models; empty without one
 * @param endpoints name to address of what the Ray Service will offer; people typed parts of them
 * @param pages name to address of the platform's own pages about it
 */
public record MergeRequestDetails(
    Map<String, String> parameters,
    List<Change> changes,
    Optional<String> secondCluster,
    Optional<String> monthlyCost,
    Optional<ModelCache> modelCache,
    Map<String, String> endpoints,
    Map<String, String> pages) {
  /**
   * A field with another value.
   *
   * @param before empty when it was absent
   * @param after empty when it is absent
   * @param effect what the change does to what runs, in words
   */
  public record Change(String field, String before, String after, String effect) {}

  /**
   * The volume for models.
   *
   * @param size as in the file, which people may have edited
   * @param deleted whether the merge request deletes it
   */
  public record ModelCache(String size, boolean deleted) {}
}
