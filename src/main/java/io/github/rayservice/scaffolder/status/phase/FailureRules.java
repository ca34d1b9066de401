package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is certain to be wrong, whatever else cannot be read. */
final class FailureRules {
  /** What is in the API server's refusals and in kro's own (kro 0.9). */
  private static final Predicate<String> REFUSED =
      Pattern.compile("denied|forbidden|is invalid|different ApplySet|graph revision \\d+ failed")
          .asPredicate();

  /** What somebody has to change in Git, in Argo CD's words (3.6). All else may be an outage. */
  private static final Predicate<String> WRONG_IN_GIT =
      Pattern.compile("unmarshal|Manifest generation error|app path does not exist").asPredicate();

  private FailureRules() {}

  static Optional<Verdict> of(Observation seen) {
    Optional<Verdict> refusal =
        ofKro(seen)
            .filter(FailureRules::isRefusal)
            .map(refused ->
                Verdict.of(
                    seen.kubeRay().present().filter(KubeRayService::isServing).isPresent()
                        ? Phase.DEGRADED
                        : Phase.FAILED,
                    refused,
                    "kro cannot make it"));
    if (refusal.isPresent()) {
      return refusal;
    }
    Optional<Verdict> kubeRayFailure = seen.kubeRay().present().flatMap(FailureRules::of);
    if (kubeRayFailure.isPresent()) {
      return kubeRayFailure;
    }
    Optional<ArgoApplication> application = seen.argoCd().present();
    return application.isPresent() && seen.kro().isAbsent()
        ? ofSync(seen, application.get(), Phase.SYNCING, Phase.FAILED)
        : Optional.empty();
  }

  /**
   * The words of an error of kro that its next try may mend: it was just started, reads a newer
   * definition, or the API server did not answer. What the API server refuses stays refused.
   */
  static Optional<String> passing(Observation seen) {
    return ofKro(seen).filter(failure -> !isRefusal(failure)).map(FailureRules::words);
  }

  private static Optional<StatusCondition> ofKro(Observation seen) {
    return seen.kro().present().flatMap(KroInstance::failure);
  }

  private static boolean isRefusal(StatusCondition failure) {
    return REFUSED.test(failure.message()) && !failure.message().contains("being terminated");
  }

  private static String words(StatusCondition condition) {
    return Stream.of(condition.message(), condition.reason(), condition.type())
        .filter(words -> !words.isEmpty())
        .findFirst()
        .orElse("it does not say why");
  }

  private static Optional<Verdict> of(KubeRayService service) {
    Phase phase = service.cameUp() || service.isBeingReplaced() ? Phase.DEGRADED : Phase.FAILED;
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

  /**
   * What Argo CD could not do.
   *
   * @param meanwhile where it stands while Argo CD may still get over it
   */
  static Optional<Verdict> ofSync(
      Observation seen, ArgoApplication application, Phase meanwhile, Phase end) {
    if (looksBack(seen, application)) {
      return Optional.empty();
    }
    Optional<StatusCondition> error = application.errors().stream().findFirst();
    if (error.isPresent()) {
      StatusCondition e = error.get();
      return Optional.of(
          e.type().equals("ComparisonError") && !WRONG_IN_GIT.test(e.message())
              ? new Verdict(meanwhile, e.type(), "Argo CD tries again: " + e.message(), e.since())
                  .untilItLasts(end)
              : new Verdict(end, e.type(), "Argo CD: " + e.message(), e.since()));
    }
    return application.syncFailed() && !application.isSynced()
        ? verdict(end, "SyncFailed", "Argo CD: " + application.operationMessage())
        : Optional.empty();
  }

  /** Whether Argo CD has not compared since Git changed. */
  static boolean looksBack(Observation seen, ArgoApplication application) {
    return seen.git()
        .lastKnown()
        .flatMap(DesiredState::accepted)
        .filter(accepted -> !accepted.compared())
        .flatMap(DesiredState.Accepted::since)
        .filter(application::isFromBefore)
        .isPresent();
  }

  private static Optional<Verdict> verdict(Phase phase, String reason, String message) {
    return Optional.of(Verdict.of(phase, reason, message));
  }
}
