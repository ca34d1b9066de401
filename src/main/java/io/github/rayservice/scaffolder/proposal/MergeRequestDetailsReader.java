package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.gitops.model.Proposal;

/**
 * Reads what a merge request tells from what its branch holds. Merge requests know files only; who
 * knows the form implements this.
 */
@FunctionalInterface
public interface MergeRequestDetailsReader {
  /** The same proposal always gives the same details, whoever asks, also after a crash. */
  MergeRequestDetails read(Proposal proposal);
}
