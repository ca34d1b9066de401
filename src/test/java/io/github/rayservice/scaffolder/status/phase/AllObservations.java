package io.github.rayservice.scaffolder.status.phase;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.EARLIER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.LATER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.NOW;
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

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Every combination of what the four sources may say. */
public final class AllObservations {
  private AllObservations() {}

  /** Hands each combination with this Git to the test, and returns how many there are. */
  public static int forEach(Observed<DesiredState> git, Consumer<Observation> test) {
    List<Observed<ArgoApplication>> argos = argos();
    List<Observed<KroInstance>> kros = kros();
    List<Observed<KubeRayService>> rays = rays();
    int count = 0;
    for (Observed<ArgoApplication> argo : argos) {
      for (Observed<KroInstance> kro : kros) {
        for (Observed<KubeRayService> ray : rays) {
          test.accept(new ObservationFixture(git, argo, kro, ray).observation());
          count++;
        }
      }
    }
    return count;
  }

  public static List<Observed<DesiredState>> gits() {
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
