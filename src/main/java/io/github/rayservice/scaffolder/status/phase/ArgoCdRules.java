package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.PolicyRefusal;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What Argo CD says of the phase. Pure. */
final class ArgoCdRules {
  /** Errors that only a change in Git fixes, in Argo CD's words (3.6). Others may be an outage. */
  private static final Predicate<String> WRONG_IN_GIT =
      Pattern.compile("unmarshal|Manifest generation error|app path does not exist").asPredicate();

  private ArgoCdRules() {}

  static Optional<Verdict> deleting(Observation seen) {
    return seen.argoCd()
        .lastKnown()
        .map(ArgoApplication::metadata)
        .filter(ObjectMetadata::isDeleting)
        .map(metadata ->
            new Verdict(
                Phase.DELETING, "ApplicationDeleting", seen.describeRemains(), metadata.deleted()));
  }

  /** Argo CD cannot bring it into the cluster. */
  static Optional<Verdict> notApplied(Observation seen) {
    return seen.kro().isAbsent()
        ? seen.argoCd()
            .present()
            .flatMap(application -> failure(seen, application, Phase.SYNCING, Phase.FAILED))
        : Optional.empty();
  }

  /** There is no kro instance that would tell, and Argo CD does not tell either. */
  static Optional<Verdict> unavailable(Observation seen) {
    boolean tellsNothing =
        seen.argoCd() instanceof Observed.Unavailable
            || seen.argoCd() instanceof Observed.Malformed;
    return seen.kro().present().isEmpty() && tellsNothing
        ? Optional.of(Verdict.unavailable(Source.ARGO_CD, seen.argoCd()))
        : Optional.empty();
  }

  /** It is in Git and not in the cluster yet. */
  static Optional<Verdict> notInCluster(Observation seen) {
    if (!seen.kro().isAbsent()) {
      return Optional.empty();
    }
    Optional<ArgoApplication> application = seen.argoCd().present();
    if (application.isEmpty() || isBehind(seen, application.get())) {
      return Verdict.some(
          Phase.ACCEPTED, PhaseStatus.NOT_YET_SEEN, "it is in Git; Argo CD has not looked since");
    }
    if (application.get().isSyncing()) {
      return Optional.of(syncing(application.get()).since(application.get().operationSince()));
    }
    return application.get().sync().equals("OutOfSync") || application.get().isSynced()
        ? Verdict.some(
            Phase.SYNCING, "InstanceMissing", "Argo CD knows it; its kro instance is missing")
        : Verdict.some(Phase.UNKNOWN, "SyncUnknown", "Argo CD has not compared it with Git");
  }

  private static Verdict syncing(ArgoApplication application) {
    return retrying(application)
        .map(words -> Verdict.of(Phase.SYNCING, "SyncRetrying", words))
        .orElseGet(() ->
            Verdict.of(
                Phase.SYNCING,
                "SyncRunning",
                application
                    .earlierCommit()
                    .map("Argo CD brings the earlier commit %s to the cluster"::formatted)
                    .orElse("Argo CD brings it to the cluster")));
  }

  /**
   * That Argo CD tries again, and why. Until its tries of one commit are over, it brings no other,
   * unless it refreshes at each try.
   */
  private static Optional<String> retrying(ArgoApplication application) {
    return application
        .syncError()
        .filter(why -> application.isSyncing())
        .map(why ->
            application
                    .earlierCommit()
                    .map("Argo CD retries the earlier commit %s: "::formatted)
                    .orElse("Argo CD tries again: ")
                + why);
  }

  /** It runs, but perhaps not what Git says. */
  static Optional<Verdict> behindGit(Observation seen) {
    Optional<ArgoApplication> application = seen.argoCd().present();
    if (application.isEmpty()) {
      return Optional.empty();
    }
    Optional<Verdict> failure = failure(seen, application.get(), Phase.UNKNOWN, Phase.DEGRADED);
    if (failure.isPresent()) {
      return failure;
    }
    if (isBehind(seen, application.get())) {
      return Verdict.some(
          Phase.UPDATING,
          PhaseStatus.NOT_YET_SEEN,
          "Git has something newer; Argo CD has not looked since");
    }
    if (application.get().isSynced()) {
      return notAsInGit(seen);
    }
    return application.get().sync().equals("OutOfSync")
        ? Optional.of(outOfSync(application.get()))
        : Verdict.some(
            Phase.UNKNOWN,
            "SyncUnknown",
            "it answers, but Argo CD cannot say whether it is what Git wants");
  }

  private static Verdict outOfSync(ArgoApplication application) {
    String newer = "Git has something newer than the cluster";
    return Verdict.of(
            Phase.UPDATING,
            "OutOfSync",
            retrying(application).map(words -> newer + "; " + words).orElse(newer))
        .since(application.operationSince().filter(since -> application.isSyncing()));
  }

  /**
   * After the API server has refused a change, Argo CD (3.6) calls it synced at the next refresh
   * that does not read Git. Compare the specs instead.
   */
  private static Optional<Verdict> notAsInGit(Observation seen) {
    return seen.missingOfGit()
        .map(path ->
            Verdict.of(
                    Phase.UPDATING,
                    "NotAsInGit",
                    "Argo CD calls it synced, but %s is not in the cluster what it is in Git"
                        .formatted(path))
                .untilItLasts(Phase.DEGRADED));
  }

  /**
   * What Argo CD could not do.
   *
   * @param meanwhile the phase while Argo CD may still succeed
   * @param end the phase once it cannot
   */
  private static Optional<Verdict> failure(
      Observation seen, ArgoApplication application, Phase meanwhile, Phase end) {
    if (isBehind(seen, application)) {
      return Optional.empty();
    }
    Optional<StatusCondition> error = application.errors().stream().findFirst();
    if (error.isPresent()) {
      StatusCondition e = error.get();
      return Optional.of(
          e.type().equals("ComparisonError") && !isWrongInGit(e.message())
              ? new Verdict(meanwhile, e.type(), "Argo CD tries again: " + e.message(), e.since())
                  .untilItLasts(end)
              : new Verdict(end, e.type(), "Argo CD: " + e.message(), e.since()));
    }
    return application.syncFailed() && !application.isSynced()
        ? Verdict.some(
            end,
            "SyncFailed",
            application
                    .earlierCommit()
                    .map("Argo CD could not bring the earlier commit %s: "::formatted)
                    .orElse("Argo CD: ")
                + application.operationMessage())
        : Optional.empty();
  }

  /**
   * Argo CD compares by a dry run, which a policy refuses as it would refuse the change. A policy
   * that cannot be evaluated is an outage.
   */
  private static boolean isWrongInGit(String message) {
    return WRONG_IN_GIT.test(message)
        || PolicyRefusal.of(message).filter(refusal -> !refusal.isBroken()).isPresent();
  }

  /** Whether Argo CD has not compared since Git changed. */
  private static boolean isBehind(Observation seen, ArgoApplication application) {
    return seen.git()
        .lastKnown()
        .flatMap(DesiredState::accepted)
        .filter(accepted -> !accepted.compared())
        .flatMap(DesiredState.Accepted::since)
        .filter(application::isFromBefore)
        .isPresent();
  }
}
