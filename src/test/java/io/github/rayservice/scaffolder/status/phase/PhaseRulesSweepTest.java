package io.github.rayservice.scaffolder.status.phase;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.LONG_PATIENCE;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.NOW;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.PATIENCE;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.derive;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Whatever the four sources say together: some things are never claimed. */
@Execution(ExecutionMode.CONCURRENT)
class PhaseRulesSweepTest {
  private static final Pattern WORD = Pattern.compile("[A-Za-z]+");
  private static final Instant LATE = NOW.plus(PATIENCE.multipliedBy(2));

  private final Set<Phase> reached = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lasting = new AtomicInteger();

  @Test
  void noCombinationIsALie(TestReporter reporter) {
    int combinations =
        AllObservations.gits().parallelStream()
            .mapToInt(git -> AllObservations.forEach(git, this::requireNoLie))
            .sum();

    reporter.publishEntry("combinations", String.valueOf(combinations));
    reporter.publishEntry("combinations that time changes", lasting.toString());
    assertThat(reached).containsExactlyInAnyOrder(Phase.values());
    assertThat(combinations).isGreaterThanOrEqualTo(2_449_216);
  }

  private void requireNoLie(Observation seen) {
    Deadlines deadlines = new Deadlines(NOW, PATIENCE, LONG_PATIENCE);
    PhaseStatus phaseStatus = PhaseRules.derive(seen, Optional.empty(), deadlines);
    reached.add(phaseStatus.phase());
    requireNoLie(seen, phaseStatus);
    // StatusDerivationTest shows that time changes nothing where no deadline is ahead.
    if (deadlines.next().isPresent()) {
      requireNoLie(seen, derive(seen, Optional.of(phaseStatus), LATE));
      lasting.incrementAndGet();
    }
  }

  private static void requireNoLie(Observation seen, PhaseStatus said) {
    require(!said.message().isBlank(), "it has a message", seen, said);
    require(WORD.matcher(said.reason()).matches(), "its reason is one word", seen, said);
    require(said.conditions().size() == Source.values().length, "each source is heard", seen, said);
    switch (said.phase()) {
      case RUNNING -> requireThatItRuns(seen, said);
      case UPDATING ->
          require(
              seen.kubeRay().present().filter(KubeRayService::isServing).isPresent(),
              "it answers",
              seen,
              said);
      case PROPOSED, REJECTED ->
          require(
              !seen.isAccepted() && seen.kro().present().isEmpty(), "it is no more", seen, said);
      case ACCEPTED, SYNCING ->
          require(seen.kro().present().isEmpty(), "there is no instance", seen, said);
      case PROVISIONING, STARTING ->
          require(seen.kro().present().isPresent(), "there is an instance", seen, said);
      case FAILED, DEGRADED, DELETING, UNKNOWN -> {}
    }
    boolean dark =
        seen.kro() instanceof Observed.Unavailable
            && seen.kubeRay() instanceof Observed.Unavailable;
    require(!dark || isKnownInTheDark(said.phase()), "nothing tells", seen, said);
  }

  private static void requireThatItRuns(Observation seen, PhaseStatus said) {
    KroInstance instance = seen.kro().present().orElseThrow();
    KubeRayService ray = seen.kubeRay().present().orElseThrow();
    require(instance.isReady() && !instance.isDeleting(), "kro is ready", seen, said);
    require(ray.is("Ready"), "KubeRay is ready", seen, said);
    require(
        ray.observedGeneration() >= ray.metadata().generation(), "KubeRay is current", seen, said);
    require(ray.failing().isEmpty(), "no application fails", seen, said);
    require(
        seen.argoCd().present().map(ArgoApplication::sync).orElse("Synced").equals("Synced"),
        "Argo CD has synced it",
        seen,
        said);
  }

  private static boolean isKnownInTheDark(Phase phase) {
    return switch (phase) {
      case UNKNOWN, DELETING, PROPOSED, REJECTED, ACCEPTED -> true;
      case SYNCING, PROVISIONING, STARTING, RUNNING, UPDATING, DEGRADED, FAILED -> false;
    };
  }

  private static void require(boolean truth, String claim, Observation seen, PhaseStatus said) {
    if (!truth) {
      throw new AssertionError(
          "%s is said to be %s, but it is not so that %s".formatted(seen, said, claim));
    }
  }
}
