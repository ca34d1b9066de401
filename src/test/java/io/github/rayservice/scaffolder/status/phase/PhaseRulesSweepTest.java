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
import io.github.rayservice.scaffolder.status.resource.Reading;
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
    for (Reading<Wanted> git : gits()) {
      for (Reading<ArgoApplication> argo : argos()) {
        for (Reading<KroInstance> kro : kros()) {
          for (Reading<KubeRayService> ray : rays()) {
            Observation seen = new ObservationFixture(git, argo, kro, ray).observation();

            Standing standing = Phases.standing(seen, Optional.empty(), NOW, PATIENCE);
            Standing lasting =
                Phases.standing(
                    seen, Optional.of(standing), NOW.plus(PATIENCE.multipliedBy(2)), PATIENCE);

            reached.add(standing.phase());
            combinations++;
            assertTrue(seen, standing);
            assertTrue(seen, lasting);
          }
        }
      }
    }
    assertThat(reached).containsExactlyInAnyOrder(Phase.values());
    assertThat(combinations).isGreaterThan(50_000);
  }

  private static void assertTrue(Observation seen, Standing standing) {
    try {
      assertNoLie(seen, standing);
    } catch (AssertionError e) {
      throw new AssertionError(seen + " is said to be " + standing, e);
    }
  }

  private static void assertNoLie(Observation seen, Standing standing) {
    assertThat(standing.message()).isNotBlank();
    assertThat(standing.reason()).matches("[A-Za-z]+");
    assertThat(standing.conditions()).hasSize(Source.values().length);
    switch (standing.phase()) {
      case RUNNING -> {
        KroInstance instance = seen.kro().seen().orElseThrow();
        KubeRayService ray = seen.kubeRay().seen().orElseThrow();
        assertThat(instance.isReady()).isTrue();
        assertThat(ray.is("Ready")).isTrue();
        assertThat(ray.observedGeneration()).isGreaterThanOrEqualTo(ray.stamp().generation());
        assertThat(ray.failing()).isEmpty();
        assertThat(seen.argoCd().seen().map(ArgoApplication::sync).orElse("Synced"))
            .isEqualTo("Synced");
        assertThat(instance.isDeleting()).isFalse();
      }
      case UPDATING -> assertThat(seen.kubeRay().seen().orElseThrow().isServing()).isTrue();
      case PROPOSED, REJECTED -> {
        assertThat(seen.isAccepted()).isFalse();
        assertThat(seen.kro().seen()).isEmpty();
      }
      case ACCEPTED, SYNCING -> assertThat(seen.kro().seen()).isEmpty();
      case PROVISIONING, STARTING -> assertThat(seen.kro().seen()).isPresent();
      case FAILED, DEGRADED, DELETING, UNKNOWN -> {}
    }
    boolean dark =
        seen.kro() instanceof Reading.Unreadable && seen.kubeRay() instanceof Reading.Unreadable;
    if (dark) {
      assertThat(standing.phase())
          .isIn(Phase.UNKNOWN, Phase.DELETING, Phase.PROPOSED, Phase.REJECTED, Phase.ACCEPTED);
    }
  }

  private static List<Reading<Wanted>> gits() {
    List<Reading<Wanted>> all = new ArrayList<>();
    for (Wanted.Review.State state : Wanted.Review.State.values()) {
      all.add(proposed(state));
      all.add(ObservationFixture.git(Optional.of(LATER), state));
    }
    all.add(ObservationFixture.git(Optional.empty(), null));
    all.add(ObservationFixture.git(Optional.of(EARLIER), null));
    all.add(seen(Wanted.NOTHING));
    all.add(unreadable(ObservationFixture.ACCEPTED));
    all.add(unreadable(absent()));
    return all;
  }

  private static List<Reading<ArgoApplication>> argos() {
    List<Reading<ArgoApplication>> all =
        new ArrayList<>(
            List.of(
                absent(),
                garbled(),
                unreadable(absent()),
                unreadable(ObservationFixture.SYNCED),
                new Reading.Unwatched<>()));
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

  private static List<Reading<KroInstance>> kros() {
    List<Reading<KroInstance>> all =
        new ArrayList<>(
            List.of(
                absent(),
                garbled(),
                unreadable(absent()),
                unreadable(ObservationFixture.ACTIVE),
                new Reading.Unwatched<>(),
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

  private static List<Reading<KubeRayService>> rays() {
    List<Reading<KubeRayService>> all =
        new ArrayList<>(
            List.of(
                absent(),
                garbled(),
                unreadable(absent()),
                unreadable(ObservationFixture.READY),
                new Reading.Unwatched<>()));
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
