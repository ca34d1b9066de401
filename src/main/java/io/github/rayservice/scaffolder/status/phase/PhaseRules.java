package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.Deadlines;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Derives the phase from what the four sources say. Pure. */
public final class PhaseRules {
  /**
   * The first rule that applies decides. The order goes from what is certain to what has to be
   * waited for, and each rule relies on those before it. {@code Running} is the last: it needs kro
   * and KubeRay to say that they are ready, both about the newest spec, and no source to say
   * otherwise.
   */
  private static final List<Function<Observation, Optional<Verdict>>> RULES =
      List.of(
          // It ends, or has not begun.
          KroRules::deleting,
          ArgoCdRules::deleting,
          GitRules::removed,
          GitRules::notAccepted,
          // The cluster tells nothing.
          KroRules::notWatched,
          KroRules::malformed,
          KubeRayRules::malformed,
          // A failure is certain, even if another source cannot be read.
          KroRules::refused,
          KubeRayRules::failed,
          ArgoCdRules::notApplied,
          // A source that would tell cannot be read.
          KroRules::unavailable,
          KubeRayRules::unavailable,
          GitRules::unavailable,
          ArgoCdRules::unavailable,
          // It is on its way; from the second rule on there is a kro instance.
          ArgoCdRules::notInCluster,
          KroRules::retrying,
          KroRules::provisioning,
          KubeRayRules::starting,
          KubeRayRules::upgrading,
          KroRules::notReady,
          KubeRayRules::workersStarting,
          KubeRayRules::deploying,
          // It answers.
          ArgoCdRules::behindGit,
          KubeRayRules::running);

  private PhaseRules() {}

  /**
   * Derives it.
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
    for (Function<Observation, Optional<Verdict>> rule : RULES) {
      Optional<Verdict> verdict = rule.apply(seen);
      if (verdict.isPresent()) {
        return verdict.get();
      }
    }
    throw new IllegalStateException("no rule applies to " + seen);
  }
}
