package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.List;
import java.util.Optional;

/** What KubeRay and Ray Serve say of the phase. Pure. */
final class KubeRayRules {
  private KubeRayRules() {}

  static Optional<Verdict> malformed(Observation seen) {
    return seen.kubeRay() instanceof Observed.Malformed<KubeRayService> malformed
        ? Verdict.some(
            Phase.UNKNOWN, "RayServiceGarbled", "KubeRay's RayService " + malformed.why())
        : Optional.empty();
  }

  static Optional<Verdict> failed(Observation seen) {
    return seen.kubeRay().present().flatMap(KubeRayRules::failure);
  }

  private static Optional<Verdict> failure(KubeRayService ray) {
    Phase phase = ray.cameUp() || ray.isBeingReplaced() ? Phase.DEGRADED : Phase.FAILED;
    StatusCondition ready =
        ray.condition("Ready")
            .orElse(new StatusCondition("Ready", "", "", "", Optional.empty(), Optional.empty()));
    if (ray.isRefused()) {
      return Optional.of(Verdict.of(phase, ready, "KubeRay refuses it"));
    }
    if (!ray.isCurrent()) {
      return Optional.empty();
    }
    List<KubeRayService.Application> failing = ray.failing();
    if (!failing.isEmpty()) {
      KubeRayService.Application first = failing.getFirst();
      // Everybody reads it. The exception is in the diagnosis, for those who may write.
      return Verdict.some(
          phase,
          first.status().equals("UNHEALTHY") ? "ServeApplicationUnhealthy" : "ServeDeployFailed",
          "the Serve application %s is %s".formatted(first.name(), first.status()));
    }
    if (ready.reason().equals("InitializingTimeout")) {
      return Optional.of(Verdict.of(phase, ready, "the Ray cluster took too long"));
    }
    return ray.is("Suspended")
        ? Verdict.some(Phase.DEGRADED, "Suspended", "somebody has suspended it")
        : Optional.empty();
  }

  static Optional<Verdict> unavailable(Observation seen) {
    return seen.kro().present().isPresent() && seen.kubeRay() instanceof Observed.Unavailable
        ? Optional.of(Verdict.unavailable(Source.KUBERAY, seen.kubeRay()))
        : Optional.empty();
  }

  static Optional<Verdict> starting(Observation seen) {
    return seen.kubeRay().present().flatMap(ray -> starting(seen, ray));
  }

  /** What it waits for; empty when KubeRay calls it ready. */
  static Optional<Verdict> starting(Observation seen, KubeRayService ray) {
    if (ray.isReady()) {
      return Optional.empty();
    }
    if (!ray.isCurrent()) {
      return ray.isServing()
          ? Verdict.some(
              Phase.UPDATING, "SpecChanged", "KubeRay has not looked at the newest spec yet")
          : Verdict.some(Phase.STARTING, "NotYetSeenByKubeRay", "KubeRay has not looked at it yet");
    }
    String otherwise =
        ray.pending().isPresent() ? "its Ray cluster is being prepared" : "it is not ready";
    Optional<StatusCondition> ready = ray.condition("Ready");
    boolean isFirstStart = ready.filter(r -> r.reason().equals("Initializing")).isPresent();
    // KubeRay makes a Ray cluster the active one a moment before it first answers.
    if (ray.active().isPresent() && !isFirstStart) {
      return because(Phase.DEGRADED, ready, otherwise);
    }
    Optional<Verdict> start = because(Phase.STARTING, ready, otherwise);
    return isFirstStart
        ? start.map(
            verdict -> StartupProgress.waitsFor(seen, ray).map(verdict::saying).orElse(verdict))
        : start;
  }

  private static Optional<Verdict> because(
      Phase phase, Optional<StatusCondition> ready, String otherwise) {
    return ready
        .map(condition -> Verdict.of(phase, condition, otherwise))
        .or(() -> Verdict.some(phase, "Initializing", otherwise));
  }

  static Optional<Verdict> upgrading(Observation seen) {
    return seen.kubeRay()
        .present()
        .filter(ray -> ray.is("UpgradeInProgress") || ray.pending().isPresent())
        .map(ray ->
            Verdict.of(
                    Phase.UPDATING,
                    "UpgradeInProgress",
                    "KubeRay prepares a new Ray cluster beside the old")
                .since(
                    ray.condition("UpgradeInProgress")
                        .filter(StatusCondition::isTrue)
                        .flatMap(StatusCondition::since)));
  }

  /**
   * It answers already, or still, with fewer workers than it shall have. Their readiness says
   * nothing: a worker without a replica of the Serve application is never ready.
   */
  static Optional<Verdict> workersStarting(Observation seen) {
    String active =
        seen.kubeRay()
            .present()
            .flatMap(KubeRayService::active)
            .map(KubeRayService.Cluster::name)
            .orElse("");
    return seen.clusters().stream()
        .filter(
            c -> c.metadata().name().equals(active) && c.availableWorkers() < c.desiredWorkers())
        .findFirst()
        .flatMap(c ->
            Verdict.some(
                Phase.UPDATING,
                "WorkersStarting",
                "%d of %d workers run".formatted(c.availableWorkers(), c.desiredWorkers())));
  }

  /** KubeRay calls it ready as long as anything answers, even if that is the version before. */
  static Optional<Verdict> deploying(Observation seen) {
    return seen.kubeRay().present().flatMap(KubeRayService::active).stream()
        .flatMap(cluster -> cluster.applications().stream())
        .filter(KubeRayService.Application::isDeploying)
        .findFirst()
        .flatMap(application ->
            Verdict.some(
                Phase.UPDATING,
                "Deploying",
                "it answers; Ray Serve deploys the application " + application.name()));
  }

  static Optional<Verdict> running(Observation seen) {
    return seen.kubeRay()
        .present()
        .map(ray ->
            new Verdict(
                Phase.RUNNING,
                "Ready",
                "all Serve applications run",
                ray.condition("Ready").flatMap(StatusCondition::since)));
  }
}
