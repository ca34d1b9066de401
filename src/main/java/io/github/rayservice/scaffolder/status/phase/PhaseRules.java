package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.Observed.Malformed;
import io.github.rayservice.scaffolder.status.resource.Observed.NotWatched;
import io.github.rayservice.scaffolder.status.resource.Observed.Unavailable;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.time.Instant;
import java.util.Optional;

/**
 * From what everyone said to where a Ray Service stands. The first rule that applies decides; they
 * go from what is certain to what has to be waited for. {@code Running} is the last of all: it
 * needs kro and KubeRay to say that they are ready, both about the spec that stands there now, and
 * nobody to say otherwise.
 */
public final class PhaseRules {
  private PhaseRules() {}

  /**
   * Derives the standing.
   *
   * @param before the last one, whose {@code since} goes on while phase and reason stay
   */
  public static PhaseStatus derive(
      Observation seen, Optional<PhaseStatus> before, Deadlines deadlines) {
    Verdict verdict = verdict(seen);
    Instant since =
        before
            .filter(verdict::goesOnFrom)
            .map(PhaseStatus::since)
            .or(verdict::since)
            .orElse(deadlines.now());
    Phase phase =
        verdict.lasting().filter(end -> deadlines.isOverdue(since)).orElse(verdict.phase());
    return new PhaseStatus(
        phase, verdict.reason(), verdict.message(), since, SourceConditions.of(seen));
  }

  static Verdict verdict(Observation seen) {
    return deleting(seen)
        .or(() -> notAccepted(seen))
        .or(() -> unwatched(seen))
        .or(() -> garbled(seen))
        .or(() -> FailureRules.of(seen))
        .or(() -> unreadable(seen))
        .or(() -> notInCluster(seen))
        .or(() -> retrying(seen))
        .or(() -> coming(seen))
        .or(() -> behindGit(seen))
        .orElseGet(() -> running(seen));
  }

  private static Optional<Verdict> deleting(Observation seen) {
    Optional<KroInstance> instance = seen.kro().lastKnown();
    if (instance.isPresent() && instance.get().isDeleting()) {
      return verdict(Phase.DELETING, "Finalizing", remaining(seen))
          .map(v -> at(v, instance.get().metadata().deleted()));
    }
    Optional<ObjectMetadata> application = seen.argoCd().lastKnown().map(ArgoApplication::metadata);
    if (application.isPresent() && application.get().isDeleting()) {
      return verdict(Phase.DELETING, "ApplicationDeleting", remaining(seen))
          .map(v -> at(v, application.get().deleted()));
    }
    if (seen.git().present().isEmpty() || seen.isAccepted() || !seen.isInCluster()) {
      return Optional.empty();
    }
    if (seen.isTracked()) {
      return verdict(Phase.DELETING, "RemovedFromGit", remaining(seen));
    }
    return seen.kro().isAbsent()
        ? verdict(Phase.DELETING, "Leftovers", remaining(seen))
        : Optional.empty();
  }

  private static String remaining(Observation seen) {
    return "still there: " + String.join(", ", seen.remains());
  }

  private static Optional<Verdict> notAccepted(Observation seen) {
    Optional<DesiredState> wanted = seen.git().present();
    if (seen.isAccepted() || seen.isInCluster()) {
      return Optional.empty();
    }
    if (wanted.isEmpty()) {
      return Optional.of(cannotTell(Source.GIT, seen.git()));
    }
    return wanted
        .get()
        .mergeRequest()
        .map(review ->
            switch (review.state()) {
              case OPEN ->
                  Verdict.of(
                      Phase.PROPOSED,
                      "AwaitingMerge",
                      "its merge request is open: " + review.waitsFor().orElse("waits for people"));
              case CLOSED ->
                  Verdict.of(
                      Phase.REJECTED,
                      "MergeRequestClosed",
                      "its merge request was closed without a merge");
              case MERGED ->
                  Verdict.of(
                      Phase.ACCEPTED,
                      "Merged",
                      "its merge request is merged; the branch will be read again shortly");
            })
        .or(() -> verdict(Phase.UNKNOWN, "NothingKnown", "nobody knows anything of it"));
  }

  private static Optional<Verdict> unwatched(Observation seen) {
    return seen.kro() instanceof NotWatched
        ? verdict(
            Phase.ACCEPTED,
            "ClusterNotWatched",
            "it stands in Git; this service does not watch a cluster")
        : Optional.empty();
  }

  private static Optional<Verdict> garbled(Observation seen) {
    if (seen.kro() instanceof Malformed<KroInstance> garbled) {
      return verdict(Phase.UNKNOWN, "InstanceGarbled", "the kro instance " + garbled.why());
    }
    if (seen.kubeRay() instanceof Malformed<KubeRayService> garbled) {
      return verdict(Phase.UNKNOWN, "RayServiceGarbled", "KubeRay's RayService " + garbled.why());
    }
    return Optional.empty();
  }

  private static Optional<Verdict> unreadable(Observation seen) {
    if (seen.kro() instanceof Unavailable) {
      return Optional.of(cannotTell(Source.KRO, seen.kro()));
    }
    if (seen.kro().present().isPresent()) {
      return seen.kubeRay() instanceof Unavailable
          ? Optional.of(cannotTell(Source.KUBERAY, seen.kubeRay()))
          : Optional.empty();
    }
    if (seen.git().present().isEmpty()) {
      return Optional.of(cannotTell(Source.GIT, seen.git()));
    }
    return seen.argoCd() instanceof Unavailable || seen.argoCd() instanceof Malformed
        ? Optional.of(cannotTell(Source.ARGO_CD, seen.argoCd()))
        : Optional.empty();
  }

  private static Verdict cannotTell(Source source, Observed<?> reading) {
    return switch (reading) {
      case Unavailable<?> u ->
          new Verdict(
              Phase.UNKNOWN,
              source.label().replace(" ", "") + "Unreadable",
              "%s cannot be read since %s: %s".formatted(source.label(), u.since(), u.why()),
              Optional.of(u.since()));
      case Malformed<?> g ->
          Verdict.of(
              Phase.UNKNOWN,
              source.label().replace(" ", "") + "Garbled",
              "what %s holds %s".formatted(source.label(), g.why()));
      case Observed.Present<?> s -> silent(source);
      case Observed.Absent<?> a -> silent(source);
      case NotWatched<?> w -> silent(source);
    };
  }

  private static Verdict silent(Source source) {
    return Verdict.of(
        Phase.UNKNOWN,
        source.label().replace(" ", "") + "NotRead",
        source.label() + " has not been read yet");
  }

  private static Optional<Verdict> notInCluster(Observation seen) {
    if (!seen.kro().isAbsent()) {
      return Optional.empty();
    }
    Optional<ArgoApplication> application = seen.argoCd().present();
    if (application.isEmpty() || FailureRules.looksBack(seen, application.get())) {
      return verdict(
          Phase.ACCEPTED, "NotYetSeen", "it stands in Git; Argo CD has not looked since");
    }
    if (application.get().isSyncing()) {
      return application
          .get()
          .syncError()
          .map(why -> Verdict.of(Phase.SYNCING, "SyncRetrying", "Argo CD tries again: " + why))
          .or(() -> verdict(Phase.SYNCING, "SyncRunning", "Argo CD brings it to the cluster"));
    }
    return application.get().sync().equals("OutOfSync") || application.get().isSynced()
        ? verdict(Phase.SYNCING, "InstanceMissing", "Argo CD knows it; its kro instance is missing")
        : verdict(Phase.UNKNOWN, "SyncUnknown", "Argo CD has not compared it with Git");
  }

  /** kro tries again whatever it was. */
  private static Optional<Verdict> retrying(Observation seen) {
    Phase meanwhile =
        seen.kubeRay()
            .present()
            .map(ray -> ray.isReady() ? Phase.UPDATING : starting(seen, ray).phase())
            .orElse(Phase.PROVISIONING);
    boolean cameUp = meanwhile == Phase.UPDATING || meanwhile == Phase.DEGRADED;
    return FailureRules.passing(seen)
        .map(why ->
            Verdict.of(meanwhile, "KroRetrying", "kro tries again: " + why)
                .untilItLasts(cameUp ? Phase.DEGRADED : Phase.FAILED));
  }

  private static Optional<Verdict> coming(Observation seen) {
    KroInstance instance = seen.kro().present().orElseThrow();
    Optional<KubeRayService> service = seen.kubeRay().present();
    if (service.isEmpty()) {
      return Optional.of(
          instance
              .condition("Ready")
              .filter(c -> instance.isCurrent() && c.isFalse())
              .map(c -> waiting(Phase.PROVISIONING, c, "kro makes its objects"))
              .orElse(
                  Verdict.of(Phase.PROVISIONING, "RayServiceMissing", "kro makes its objects")));
    }
    KubeRayService ray = service.get();
    if (!ray.isReady()) {
      return Optional.of(starting(seen, ray));
    }
    if (ray.is("UpgradeInProgress") || ray.pending().isPresent()) {
      return verdict(
          Phase.UPDATING, "UpgradeInProgress", "KubeRay prepares a new Ray cluster beside the old");
    }
    if (!instance.isCurrent()) {
      return verdict(Phase.UPDATING, "SpecChanged", "kro has not looked at the newest spec yet");
    }
    return instance.isReady()
        ? workersComing(seen, ray).or(() -> deploying(ray))
        : instance
            .condition("Ready")
            .map(c ->
                // Nothing but a change raises the generation.
                waiting(
                    instance.metadata().generation() > 1 ? Phase.UPDATING : Phase.STARTING,
                    c,
                    "kro waits for its objects"));
  }

  /** kro (0.9) calls it a failed reconciliation that it waits. */
  private static Verdict waiting(Phase phase, StatusCondition kro, String what) {
    Verdict verdict = Verdict.of(phase, kro, what);
    return kro.message().contains("waiting for") ? verdict.saying(what) : verdict;
  }

  /**
   * It answers already, or still, with fewer workers than it shall have. Whether they are ready
   * says nothing: a worker without a replica of the Serve application never is.
   */
  private static Optional<Verdict> workersComing(Observation seen, KubeRayService ray) {
    String active = ray.active().map(KubeRayService.Cluster::name).orElse("");
    return seen.clusters().stream()
        .filter(
            c -> c.metadata().name().equals(active) && c.availableWorkers() < c.desiredWorkers())
        .findFirst()
        .flatMap(c ->
            verdict(
                Phase.UPDATING,
                "WorkersStarting",
                "%d of %d workers run".formatted(c.availableWorkers(), c.desiredWorkers())));
  }

  /** KubeRay calls it ready as long as anything answers, be it the version before. */
  private static Optional<Verdict> deploying(KubeRayService ray) {
    return ray.active().stream()
        .flatMap(cluster -> cluster.applications().stream())
        .filter(KubeRayService.Application::isDeploying)
        .findFirst()
        .map(application ->
            Verdict.of(
                Phase.UPDATING,
                "Deploying",
                "it answers; Ray Serve deploys the application " + application.name()));
  }

  private static Verdict starting(Observation seen, KubeRayService ray) {
    if (!ray.isCurrent()) {
      return ray.isServing()
          ? Verdict.of(
              Phase.UPDATING, "SpecChanged", "KubeRay has not looked at the newest spec yet")
          : Verdict.of(Phase.STARTING, "NotYetSeenByKubeRay", "KubeRay has not looked at it yet");
    }
    String otherwise =
        ray.pending().isPresent() ? "its Ray cluster is being prepared" : "it is not ready";
    Optional<StatusCondition> ready = ray.condition("Ready");
    // KubeRay makes a Ray cluster the active one a moment before it first answers.
    if (ray.active().isPresent() && ready.filter(PhaseRules::isFirstStart).isEmpty()) {
      return because(Phase.DEGRADED, ready, otherwise);
    }
    Verdict start = because(Phase.STARTING, ready, otherwise);
    return ready
        .filter(PhaseRules::isFirstStart)
        .flatMap(c -> StartupProgress.waitsFor(seen, ray))
        .map(start::saying)
        .orElse(start);
  }

  private static boolean isFirstStart(StatusCondition ready) {
    return ready.reason().equals("Initializing");
  }

  private static Verdict because(Phase phase, Optional<StatusCondition> ready, String otherwise) {
    return ready
        .map(c -> Verdict.of(phase, c, otherwise))
        .orElse(Verdict.of(phase, "Initializing", otherwise));
  }

  /** It runs; does it run what Git says? */
  private static Optional<Verdict> behindGit(Observation seen) {
    Optional<ArgoApplication> application = seen.argoCd().present();
    if (application.isEmpty()) {
      return Optional.empty();
    }
    Optional<Verdict> failure =
        FailureRules.ofSync(seen, application.get(), Phase.UNKNOWN, Phase.DEGRADED);
    if (failure.isPresent()) {
      return failure;
    }
    if (FailureRules.looksBack(seen, application.get())) {
      return verdict(
          Phase.UPDATING, "NotYetSeen", "Git has something newer; Argo CD has not looked since");
    }
    if (application.get().isSynced()) {
      return notAsInGit(seen);
    }
    return application.get().sync().equals("OutOfSync")
        ? verdict(Phase.UPDATING, "OutOfSync", "Git has something newer than the cluster")
        : verdict(
            Phase.UNKNOWN,
            "SyncUnknown",
            "it answers, but Argo CD cannot say whether it is what Git wants");
  }

  /**
   * What the API server has refused, Argo CD (3.6) calls synced at the next look for which it asks
   * Git nothing.
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

  private static Verdict running(Observation seen) {
    KubeRayService ray = seen.kubeRay().present().orElseThrow();
    return new Verdict(
        Phase.RUNNING,
        "Ready",
        "all Serve applications run",
        ray.condition("Ready").flatMap(StatusCondition::since));
  }

  private static Optional<Verdict> verdict(Phase phase, String reason, String message) {
    return Optional.of(Verdict.of(phase, reason, message));
  }

  private static Verdict at(Verdict verdict, Optional<Instant> since) {
    return new Verdict(verdict.phase(), verdict.reason(), verdict.message(), since);
  }
}
