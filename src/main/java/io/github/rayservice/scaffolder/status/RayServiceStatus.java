package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import java.time.Instant;
import java.util.List;

/**
 * The status of one Ray Service.
 *
 * @param desired what Git and GitLab said of it when the phase was derived
 * @param diagnosis what keeps it from running, the likeliest cause first; may be empty
 * @param history the last transitions, oldest first; the last one led to the present phase
 */
public record RayServiceStatus(
    RayServiceId id,
    DesiredState desired,
    PhaseStatus phaseStatus,
    List<Finding> diagnosis,
    List<Transition> history) {

  boolean lacksCapacity() {
    return diagnosis.stream().anyMatch(finding -> finding.problem().isLackOfCapacity());
  }

  /** Whether a person would see no difference. */
  boolean saysTheSame(RayServiceStatus other) {
    return desired.equals(other.desired)
        && phaseStatus.saysTheSame(other.phaseStatus)
        && diagnosis.equals(other.diagnosis);
  }

  /** About how many characters of others' texts it holds; their sources bound each of them. */
  int textLength() {
    int length = phaseStatus.message().length();
    for (PhaseStatus.SourceCondition condition : phaseStatus.conditions()) {
      length += condition.message().length();
    }
    for (Finding finding : diagnosis) {
      length += finding.textLength();
    }
    for (Transition transition : history) {
      length += transition.message().length();
    }
    return length;
  }

  /**
   * A change of phase or reason.
   *
   * @param at when this process saw it; for the first transition, since when it is so
   */
  public record Transition(Instant at, Phase phase, String reason, String message) {}
}
