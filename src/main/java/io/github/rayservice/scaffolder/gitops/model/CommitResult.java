package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.List;
import java.util.Optional;

/**
 * What a change did in Git. It is read from the commit itself, so that the same commit always gives
 * the same answer.
 *
 * @param commit full name of the commit that made the directory what it is
 * @param files paths that the commit changed below the directory, sorted
 * @param version of the directory after the commit; empty when it is gone
 * @param requestId the commit's {@code Request-Id}; empty for a commit that others made
 */
public record CommitResult(
    RayServiceId id,
    Outcome outcome,
    String branch,
    String commit,
    List<String> files,
    Optional<String> version,
    Optional<String> requestId) {
  /** What the change did; {@link #UNCHANGED}: Git had everything already. */
  public enum Outcome {
    CREATED,
    UPDATED,
    DELETED,
    UNCHANGED
  }

  public CommitResult with(Outcome other) {
    return new CommitResult(id, other, branch, commit, files, version, requestId);
  }
}
