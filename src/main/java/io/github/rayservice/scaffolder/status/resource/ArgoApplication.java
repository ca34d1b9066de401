package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An Argo CD Application ({@code argoproj.io/v1alpha1}).
 *
 * @param sync {@code status.sync.status}: {@code Synced}, {@code OutOfSync} or {@code Unknown},
 *     which is also what a new Application has
 * @param health {@code status.health.status}. Argo CD keeps showing the last one while it cannot
 *     compare, so it is shown and never believed
 * @param revision {@code status.sync.revision}, a commit; empty before the first comparison
 * @param operation {@code status.operationState.phase}: {@code Running}, {@code Terminating},
 *     {@code Failed}, {@code Error}, {@code Succeeded}; empty when nothing was ever synced
 * @param operationMessage {@code status.operationState.message}
 * @param operationRevision the commit that the operation brings or brought: {@code
 *     operation.sync.revision} of {@code status.operationState}, else {@code syncResult.revision};
 *     empty when Argo CD does not say, and after an operation that succeeded
 * @param operationSince {@code status.operationState.startedAt}, which the tries of one operation
 *     share
 * @param reconciledAt when Argo CD last compared, by the cluster's clock
 * @param errors {@code status.conditions} whose type ends in {@code Error}
 */
public record ArgoApplication(
    ObjectMetadata metadata,
    String sync,
    String health,
    String healthMessage,
    Optional<String> revision,
    String operation,
    String operationMessage,
    Optional<String> operationRevision,
    Optional<Instant> operationSince,
    Optional<Instant> reconciledAt,
    List<StatusCondition> errors)
    implements WatchedObject {
  public boolean isSynced() {
    return sync.equals("Synced");
  }

  public boolean syncFailed() {
    return operation.equals("Failed") || operation.equals("Error");
  }

  public boolean isSyncing() {
    return operation.equals("Running") || operation.equals("Terminating");
  }

  /** While Argo CD tries again: why the last try failed. */
  private boolean isRetrying() {
    return isSyncing() && operationMessage.contains("Retrying attempt #");
  }

  /** Why it could not be brought to the cluster, whether Argo CD tries again or not. */
  public Optional<String> syncError() {
    return syncFailed() || isRetrying() ? Optional.of(operationMessage) : Optional.empty();
  }

  /**
   * The commit of an operation that has not succeeded, if it is another than the one that was
   * compared last: what the operation says is not of what Git has now. At most 8 characters.
   */
  public Optional<String> earlierCommit() {
    return operationRevision
        .filter(commit -> revision.isPresent() && !revision.get().equals(commit))
        .map(commit -> commit.substring(0, Math.min(8, commit.length())));
  }

  /** Whether it has not compared since the given moment, so that what it says is of before. */
  public boolean isFromBefore(Instant moment) {
    return reconciledAt.map(at -> at.isBefore(moment)).orElse(true);
  }
}
