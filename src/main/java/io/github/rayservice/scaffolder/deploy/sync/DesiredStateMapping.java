package io.github.rayservice.scaffolder.deploy.sync;

import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import java.util.Optional;

/** What Git and a merge request want, in the words of the status. */
public final class DesiredStateMapping {
  private DesiredStateMapping() {}

  static DesiredState of(
      Optional<DesiredState.Accepted> accepted,
      Optional<MergeRequestStatus> newest,
      boolean proposed) {
    return new DesiredState(accepted, newest.map(DesiredStateMapping::of), proposed);
  }

  /**
   * What one look at Git tells.
   *
   * @param accepted what the branch has that Argo CD follows
   * @param newest its newest merge request
   * @param proposed whether it has an open branch of its own
   */
  public static DesiredState seen(
      Optional<IndexEntry> accepted, Optional<MergeRequestStatus> newest, boolean proposed) {
    return of(
        accepted.map(entry ->
            new DesiredState.Accepted(entry.version(), Optional.empty(), SpecFingerprint.NONE)),
        newest,
        proposed);
  }

  private static DesiredState.MergeRequest of(MergeRequestStatus mergeRequest) {
    DesiredState.MergeRequest.State state =
        mergeRequest.wasMerged()
            ? DesiredState.MergeRequest.State.MERGED
            : mergeRequest.wasClosed()
                ? DesiredState.MergeRequest.State.CLOSED
                : DesiredState.MergeRequest.State.OPEN;
    return new DesiredState.MergeRequest(state, mergeRequest.url(), mergeRequest.waitsFor());
  }
}
