package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.diagnosis.DiagnosisContext;
import io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.PhaseRules;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Derives the status of one Ray Service from what the sources say. Pure. */
final class StatusDerivation {
  /**
   * A status, and how long it holds.
   *
   * @param requeueAt after this moment the same observation may have another status; empty when
   *     time alone changes nothing
   */
  record Derived(RayServiceStatus status, Optional<Instant> requeueAt) {}

  private StatusDerivation() {}

  /**
   * Derives it.
   *
   * @param observation with KubeRay's RayService as it was read
   * @param previous the last status that was derived for the same Ray Service
   */
  static Derived derive(
      Observation observation,
      DiagnosisContext context,
      Optional<RayServiceStatus> previous,
      Instant now,
      StatusConfig config) {
    Deadlines deadlines = new Deadlines(now, config.patience(), config.longPatience());
    Observation settled = observation.settled(deadlines);
    PhaseStatus phaseStatus =
        PhaseRules.derive(settled, previous.map(RayServiceStatus::phaseStatus), deadlines);
    return new Derived(
        new RayServiceStatus(
            observation.id(),
            observation.git().lastKnown().orElse(DesiredState.NOTHING),
            phaseStatus,
            DiagnosisRules.of(settled, phaseStatus, context, deadlines),
            history(previous, phaseStatus, now, config.history())),
        deadlines.next());
  }

  private static List<Transition> history(
      Optional<RayServiceStatus> previous, PhaseStatus phaseStatus, Instant now, int limit) {
    List<Transition> known = previous.map(RayServiceStatus::history).orElse(List.of());
    if (!known.isEmpty()
        && known.getLast().phase() == phaseStatus.phase()
        && known.getLast().reason().equals(phaseStatus.reason())) {
      return known;
    }
    List<Transition> history =
        new ArrayList<>(known.subList(Math.max(0, known.size() + 1 - limit), known.size()));
    history.add(
        new Transition(
            known.isEmpty() ? phaseStatus.since() : now,
            phaseStatus.phase(),
            phaseStatus.reason(),
            phaseStatus.message()));
    return List.copyOf(history);
  }
}
