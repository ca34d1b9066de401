package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What kro says of the phase. Pure. */
final class KroRules {
  /** Words in the API server's refusals and in kro's own (kro 0.9). */
  private static final Predicate<String> REFUSED =
      Pattern.compile("denied|forbidden|is invalid|different ApplySet|graph revision \\d+ failed")
          .asPredicate();

  private KroRules() {}

  static Optional<Verdict> deleting(Observation seen) {
    return seen.kro()
        .lastKnown()
        .filter(KroInstance::isDeleting)
        .map(instance ->
            new Verdict(
                Phase.DELETING,
                "Finalizing",
                seen.describeRemains(),
                instance.metadata().deleted()));
  }

  static Optional<Verdict> notWatched(Observation seen) {
    return seen.kro() instanceof Observed.NotWatched
        ? Verdict.some(
            Phase.ACCEPTED,
            "ClusterNotWatched",
            "it is in Git; this service does not watch a cluster")
        : Optional.empty();
  }

  static Optional<Verdict> malformed(Observation seen) {
    return seen.kro() instanceof Observed.Malformed<KroInstance> malformed
        ? Verdict.some(Phase.UNKNOWN, "InstanceGarbled", "the kro instance " + malformed.why())
        : Optional.empty();
  }

  /** The API server refuses what kro makes; kro's next try ends the same. */
  static Optional<Verdict> refused(Observation seen) {
    return failure(seen)
        .filter(KroRules::isRefusal)
        .map(refusal ->
            Verdict.of(
                seen.kubeRay().present().filter(KubeRayService::isServing).isPresent()
                    ? Phase.DEGRADED
                    : Phase.FAILED,
                refusal,
                "kro cannot make it"));
  }

  static Optional<Verdict> unavailable(Observation seen) {
    return seen.kro() instanceof Observed.Unavailable
        ? Optional.of(Verdict.unavailable(Source.KRO, seen.kro()))
        : Optional.empty();
  }

  /**
   * An error that kro's next try may fix: kro was just started, or reads a newer definition, or the
   * API server did not answer.
   */
  static Optional<Verdict> retrying(Observation seen) {
    Phase meanwhile =
        seen.kubeRay()
            .present()
            .map(ray -> KubeRayRules.starting(seen, ray).map(Verdict::phase).orElse(Phase.UPDATING))
            .orElse(Phase.PROVISIONING);
    boolean cameUp = meanwhile == Phase.UPDATING || meanwhile == Phase.DEGRADED;
    return failure(seen)
        .filter(failure -> !isRefusal(failure))
        .map(failure ->
            Verdict.of(meanwhile, "KroRetrying", "kro tries again: " + describe(failure))
                .untilItLasts(cameUp ? Phase.DEGRADED : Phase.FAILED));
  }

  /** kro has not made the RayService yet. */
  static Optional<Verdict> provisioning(Observation seen) {
    if (seen.kubeRay().present().isPresent()) {
      return Optional.empty();
    }
    return seen.kro()
        .present()
        .flatMap(instance ->
            instance
                .condition("Ready")
                .filter(ready -> instance.isCurrent() && ready.isFalse())
                .map(ready -> waiting(Phase.PROVISIONING, ready, "kro makes its objects")))
        .or(() -> Verdict.some(Phase.PROVISIONING, "RayServiceMissing", "kro makes its objects"));
  }

  /** KubeRay is ready, kro is not. */
  static Optional<Verdict> notReady(Observation seen) {
    return seen.kro().present().filter(instance -> !instance.isReady()).flatMap(KroRules::of);
  }

  private static Optional<Verdict> of(KroInstance instance) {
    if (!instance.isCurrent()) {
      return Verdict.some(
          Phase.UPDATING, "SpecChanged", "kro has not looked at the newest spec yet");
    }
    // Nothing but a change raises the generation.
    Phase phase = instance.metadata().generation() > 1 ? Phase.UPDATING : Phase.STARTING;
    return instance
        .condition("Ready")
        .map(ready -> waiting(phase, ready, "kro waits for its objects"));
  }

  /** While kro 0.9 waits for its objects it reports a failed reconciliation; show the waiting. */
  private static Verdict waiting(Phase phase, StatusCondition ready, String what) {
    Verdict verdict = Verdict.of(phase, ready, what);
    return ready.message().contains("waiting for") ? verdict.saying(what) : verdict;
  }

  private static Optional<StatusCondition> failure(Observation seen) {
    return seen.kro().present().flatMap(KroInstance::failure);
  }

  private static boolean isRefusal(StatusCondition failure) {
    return REFUSED.test(failure.message()) && !failure.message().contains("being terminated");
  }

  private static String describe(StatusCondition condition) {
    return Stream.of(condition.message(), condition.reason(), condition.type())
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("it does not say why");
  }
}
