package io.github.rayservice.scaffolder.status.phase;

import java.util.Optional;

/** What Git and GitLab say of the phase. Pure. */
final class GitRules {
  private GitRules() {}

  /** Git does not have it any more, the cluster does. */
  static Optional<Verdict> removed(Observation seen) {
    if (seen.git().present().isEmpty() || seen.isAccepted() || !seen.isInCluster()) {
      return Optional.empty();
    }
    if (seen.isTracked()) {
      return Verdict.some(Phase.DELETING, "RemovedFromGit", seen.describeRemains());
    }
    return seen.kro().isAbsent()
        ? Verdict.some(Phase.DELETING, "Leftovers", seen.describeRemains())
        : Optional.empty();
  }

  /** It is neither accepted nor in the cluster. */
  static Optional<Verdict> notAccepted(Observation seen) {
    if (seen.isAccepted() || seen.isInCluster()) {
      return Optional.empty();
    }
    Optional<DesiredState> desired = seen.git().present();
    if (desired.isEmpty()) {
      return Optional.of(Verdict.unavailable(Source.GIT, seen.git()));
    }
    return desired
        .get()
        .mergeRequest()
        .map(GitRules::of)
        .or(() ->
            desired.get().proposed()
                ? Verdict.some(
                    Phase.PROPOSED,
                    "AwaitingMergeRequest",
                    "its branch is pushed; its merge request is not known yet")
                : Optional.empty())
        .or(() -> Verdict.some(Phase.UNKNOWN, "NothingKnown", "nobody knows anything of it"));
  }

  private static Verdict of(DesiredState.MergeRequest mergeRequest) {
    return switch (mergeRequest.state()) {
      case OPEN ->
          Verdict.of(
              Phase.PROPOSED,
              "AwaitingMerge",
              "its merge request is open: " + mergeRequest.waitsFor().orElse("waits for people"));
      case CLOSED ->
          Verdict.of(
              Phase.REJECTED, "MergeRequestClosed", "its merge request was closed without a merge");
      case MERGED ->
          Verdict.of(
              Phase.ACCEPTED,
              "Merged",
              "its merge request is merged; the branch will be read again shortly");
    };
  }

  /** There is no kro instance that would tell, and Git does not tell either. */
  static Optional<Verdict> unavailable(Observation seen) {
    return seen.kro().present().isEmpty() && seen.git().present().isEmpty()
        ? Optional.of(Verdict.unavailable(Source.GIT, seen.git()))
        : Optional.empty();
  }
}
