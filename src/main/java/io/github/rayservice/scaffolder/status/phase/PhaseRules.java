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
  private static final List<Rule> RULES =
      List.of(
          // It ends, or has not begun.
          new Rule(Source.KRO, KroRules::deleting),
          new Rule(Source.ARGO_CD, ArgoCdRules::deleting),
          new Rule(Source.GIT, GitRules::removed),
          new Rule(Source.GIT, GitRules::notAccepted),
          // The cluster tells nothing.
          new Rule(Source.KRO, KroRules::notWatched),
          new Rule(Source.KRO, KroRules::malformed),
          new Rule(Source.KUBERAY, KubeRayRules::malformed),
          // A failure is certain, even if another source cannot be read.
          new Rule(Source.KRO, KroRules::refused),
          new Rule(Source.KUBERAY, KubeRayRules::failed),
          new Rule(Source.ARGO_CD, ArgoCdRules::notApplied),
          // A source that would tell cannot be read.
          new Rule(Source.KRO, KroRules::unavailable),
          new Rule(Source.KUBERAY, KubeRayRules::unavailable),
          new Rule(Source.GIT, GitRules::unavailable),
          new Rule(Source.ARGO_CD, ArgoCdRules::unavailable),
          // It is on its way; from the second rule on there is a kro instance.
          new Rule(Source.ARGO_CD, ArgoCdRules::notInCluster),
          new Rule(Source.KRO, KroRules::retrying),
          new Rule(Source.KRO, KroRules::provisioning),
          new Rule(Source.KUBERAY, KubeRayRules::starting),
          new Rule(Source.KUBERAY, KubeRayRules::upgrading),
          new Rule(Source.KRO, KroRules::notReady),
          new Rule(Source.KUBERAY, KubeRayRules::workersStarting),
          new Rule(Source.KUBERAY, KubeRayRules::deploying),
          // It answers.
          new Rule(Source.ARGO_CD, ArgoCdRules::behindGit),
          new Rule(Source.KUBERAY, KubeRayRules::running));

  /**
   * A rule.
   *
   * @param source whose word it reads
   */
  private record Rule(Source source, Function<Observation, Optional<Verdict>> verdict) {}

  private record Decision(Source source, Verdict verdict) {}

  private PhaseRules() {}

  /**
   * Derives it.
   *
   * @param before the last one, whose {@code since} goes on while phase and reason stay
   */
  public static PhaseStatus derive(
      Observation seen, Optional<PhaseStatus> before, Deadlines deadlines) {
    Decision decision = decide(seen);
    Verdict verdict = decision.verdict();
    Instant since =
        before
            .filter(verdict::goesOnFrom)
            .map(PhaseStatus::since)
            .or(verdict::since)
            .orElse(deadlines.now());
    Phase phase =
        verdict.lasting().filter(end -> deadlines.isOverdue(since)).orElse(verdict.phase());
    return new PhaseStatus(
        phase,
        verdict.reason(),
        verdict.message(),
        since,
        decision.source(),
        SourceConditions.of(seen));
  }

  static Verdict verdict(Observation seen) {
    return decide(seen).verdict();
  }

  private static Decision decide(Observation seen) {
    for (Rule rule : RULES) {
      Optional<Verdict> verdict = rule.verdict().apply(seen);
      if (verdict.isPresent()) {
        return new Decision(rule.source(), verdict.get());
      }
    }
    throw new IllegalStateException("no rule applies to " + seen);
  }
}
