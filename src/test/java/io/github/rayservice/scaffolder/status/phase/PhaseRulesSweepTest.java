package io.github.rayservice.scaffolder.status.phase;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.EARLIER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.LATER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.NOW;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.PATIENCE;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.absent;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.application;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.condition;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.garbled;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.instance;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.kro;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.proposed;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ray;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ready;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.seen;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.unreadable;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever the four sources say together: some things are never claimed. */
class PhaseRulesSweepTest {
  @Test
  void noCombinationIsALie() {
    Set<Phase> reached = EnumSet.noneOf(Phase.class);
    int combinations = 0;
    for (Observed<DesiredState> git : gits()) {
      for (Observed<ArgoApplication> argo : argos()) {
        for (Observed<KroInstance> kro : kros()) {
          for (Observed<KubeRayService> ray : rays()) {
            Observation seen = new ObservationFixture(git, argo, kro, ray).observation();

            PhaseStatus phaseStatus = PhaseRules.derive(seen, Optional.empty(), NOW, PATIENCE);
            PhaseStatus lasting =
                PhaseRules.derive(
                    seen, Optional.of(phaseStatus), NOW.plus(PATIENCE.multipliedBy(2)), PATIENCE);

            reached.add(phaseStatus.phase());
            combinations++;
            assertTrue(seen, phaseStatus);
            assertTrue(seen, lasting);
          }
        }
      }
    }
    assertThat(reached).containsExactlyInAnyOrder(Phase.values());
    assertThat(combinations).isGreaterThan(50_000);
  }

  private static void assertTrue(Observation seen, PhaseStatus phaseStatus) {
    try {
      assertNoLie(seen, phaseStatus);
    } catch (AssertionError e) {
      throw new AssertionError(seen + " is said to be " + phaseStatus, e);
    }
  }

  private static void assertNoLie(Observation seen, PhaseStatus phaseStatus) {
    assertThat(phaseStatus.message()).isNotBlank();
    assertThat(phaseStatus.reason()).matches("[A-Za-z]+");
    assertThat(phaseStatus.conditions()).hasSize(Source.values().length);
    switch (phaseStatus.phase()) {
      case RUNNING -> {
        KroInstance instance = seen.kro().present().orElseThrow();
        KubeRayService ray = seen.kubeRay().present().orElseThrow();
        assertThat(instance.isReady()).isTrue();
        assertThat(ray.is("Ready")).isTrue();
        assertThat(ray.observedGeneration()).isGreaterThanOrEqualTo(ray.metadata().generation());
        assertThat(ray.failing()).isEmpty();
        assertThat(seen.argoCd().present().map(ArgoApplication::sync).orElse("Synced"))
            .isEqualTo("Synced");
        assertThat(instance.isDeleting()).isFalse();
      }
      case UPDATING -> assertThat(seen.kubeRay().present().orElseThrow().isServing()).isTrue();
      case PROPOSED, REJECTED -> {
        assertThat(seen.isAccepted()).isFalse();
        assertThat(seen.kro().present()).isEmpty();
      }
      case ACCEPTED, SYNCING -> assertThat(seen.kro().present()).isEmpty();
      case PROVISIONING, STARTING -> assertThat(seen.kro().present()).isPresent();
      case FAILED, DEGRADED, DELETING, UNKNOWN -> {}
    }
    boolean dark =
        seen.kro() instanceof Observed.Unavailable
            && seen.kubeRay() instanceof Observed.Unavailable;
    if (dark) {
      assertThat(phaseStatus.phase())
          .isIn(Phase.UNKNOWN, Phase.DELETING, Phase.PROPOSED, Phase.REJECTED, Phase.ACCEPTED);
    }
  }

  private static List<Observed<DesiredState>> gits() {
    List<Observed<DesiredState>> all = new ArrayList<>();
    for (DesiredState.MergeRequest.State state : DesiredState.MergeRequest.State.values()) {
      all.add(proposed(state));
      all.add(ObservationFixture.git(Optional.of(LATER), state));
    }
    all.add(ObservationFixture.git(Optional.empty(), null));
    all.add(ObservationFixture.git(Optional.of(EARLIER), null));
    all.add(seen(DesiredState.NOTHING));
    all.add(unreadable(ObservationFixture.ACCEPTED));
    all.add(unreadable(absent()));
    return all;
  }

  private static List<Observed<ArgoApplication>> argos() {
    List<Observed<ArgoApplication>> all =
        new ArrayList<>(
            List.of(
                absent(),
                garbled(),
                unreadable(absent()),
                unreadable(ObservationFixture.SYNCED),
                new Observed.NotWatched<>()));
    for (String sync : List.of("Synced", "OutOfSync", "Unknown")) {
      for (String health : List.of("Healthy", "Degraded", "Unknown")) {
        for (String operation : List.of("", "Running", "Failed", "Error", "Succeeded")) {
          all.add(ObservationFixture.argo(sync, health, operation));
        }
      }
      all.add(seen(application(sync, "Healthy", "", NOW, List.of(), true)));
      all.add(
          seen(
              application(
                  sync,
                  "Healthy",
                  "",
                  NOW,
                  List.of(condition("ComparisonError", "", "", "away")),
                  false)));
    }
    return all;
  }

  private static List<Observed<KroInstance>> kros() {
    List<Observed<KroInstance>> all =
        new ArrayList<>(
            List.of(
                absent(),
                garbled(),
                unreadable(absent()),
                unreadable(ObservationFixture.ACTIVE),
                new Observed.NotWatched<>(),
                seen(instance("ACTIVE", 1, 1, true, ready("True", "Ready")))));
    for (String state : List.of("", "IN_PROGRESS", "ACTIVE", "ERROR", "DELETING")) {
      for (long observed : List.of(1L, 2L)) {
        all.add(kro(state, 2, observed));
        all.add(kro(state, 2, observed, ready("True", "Ready")));
        all.add(kro(state, 2, observed, ready("False", "NotReady")));
        for (StatusCondition broken :
            List.of(
                condition("GraphResolved", "False", "ResolutionFailed", ""),
                condition("ResourcesReady", "False", "NotReady", "it is forbidden"))) {
          all.add(kro(state, 2, observed, broken, ready("False", "NotReady")));
        }
      }
    }
    return all;
  }

  private static List<Observed<KubeRayService>> rays() {
    List<Observed<KubeRayService>> all =
        new ArrayList<>(
            List.of(
                absent(),
                garbled(),
                unreadable(absent()),
                unreadable(ObservationFixture.READY),
                new Observed.NotWatched<>()));
    for (long observed : List.of(1L, 2L)) {
      for (@Nullable String active : new @Nullable String[] {null, "RUNNING", "UNHEALTHY"}) {
        for (@Nullable String pending :
            new @Nullable String[] {null, "DEPLOYING", "DEPLOY_FAILED"}) {
          for (String reason : List.of("Initializing", "ZeroServeEndpoints", "ValidationFailed")) {
            all.add(ray(2, observed, "False", reason, List.of(), active, pending));
          }
          if (active != null) {
            all.add(ray(2, observed, "True", "NonZeroServeEndpoints", List.of(), active, pending));
          }
        }
      }
    }
    return all;
  }
}
