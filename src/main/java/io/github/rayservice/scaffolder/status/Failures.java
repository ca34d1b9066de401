package io.github.rayservice.scaffolder.status;

import java.util.List;
import java.util.Optional;

/** What is certain to be wrong, whatever else cannot be read. */
final class Failures {
  private Failures() {}

  static Optional<Verdict> of(Observation seen) {
    Optional<KroInstance> instance = seen.kro().seen();
    Optional<StatusCondition> kroFailure = instance.flatMap(KroInstance::failure);
    if (kroFailure.isPresent()) {
      return Optional.of(Verdict.of(Phase.FAILED, kroFailure.get(), "kro gave up on it"));
    }
    Optional<Verdict> kubeRayFailure = seen.kubeRay().seen().flatMap(Failures::of);
    if (kubeRayFailure.isPresent()) {
      return kubeRayFailure;
    }
    Optional<ArgoApplication> application = seen.argoCd().seen();
    return application.isPresent() && seen.kro().isAbsent()
        ? ofSync(seen, application.get(), Phase.FAILED)
        : Optional.empty();
  }

  private static Optional<Verdict> of(KubeRayService service) {
    Phase phase = service.isServing() || service.isBeingReplaced() ? Phase.DEGRADED : Phase.FAILED;
    StatusCondition ready =
        service
            .condition("Ready")
            .orElse(new StatusCondition("Ready", "", "", "", Optional.empty(), Optional.empty()));
    if (service.isRefused()) {
      return Optional.of(Verdict.of(phase, ready, "KubeRay refuses it"));
    }
    if (!service.isCurrent()) {
      return Optional.empty();
    }
    List<KubeRayService.Application> failing = service.failing();
    if (!failing.isEmpty()) {
      KubeRayService.Application first = failing.getFirst();
      return verdict(
          phase,
          first.status().equals("UNHEALTHY") ? "ServeApplicationUnhealthy" : "ServeDeployFailed",
          "the Serve application %s is %s: %s"
              .formatted(first.name(), first.status(), first.lastLine()));
    }
    if (ready.reason().equals("InitializingTimeout")) {
      return Optional.of(Verdict.of(phase, ready, "the Ray cluster took too long"));
    }
    return service.is("Suspended")
        ? verdict(Phase.DEGRADED, "Suspended", "somebody has suspended it")
        : Optional.empty();
  }

  static Optional<Verdict> ofSync(Observation seen, ArgoApplication application, Phase phase) {
    if (looksBack(seen, application)) {
      return Optional.empty();
    }
    Optional<StatusCondition> error = application.errors().stream().findFirst();
    if (error.isPresent()) {
      StatusCondition e = error.get();
      return Optional.of(new Verdict(phase, e.type(), "Argo CD: " + e.message(), e.since()));
    }
    return application.syncFailed() && !application.isSynced()
        ? verdict(phase, "SyncFailed", "Argo CD: " + application.operationMessage())
        : Optional.empty();
  }

  /** Whether Argo CD has not compared since Git changed. */
  static boolean looksBack(Observation seen, ArgoApplication application) {
    return seen.git()
        .lastSeen()
        .flatMap(Wanted::accepted)
        .filter(accepted -> !accepted.compared())
        .flatMap(Wanted.Accepted::since)
        .filter(application::isFromBefore)
        .isPresent();
  }

  private static Optional<Verdict> verdict(Phase phase, String reason, String message) {
    return Optional.of(Verdict.of(phase, reason, message));
  }
}
