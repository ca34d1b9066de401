package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import java.time.Instant;
import java.util.List;

/**
 * All that is known of where one Ray Service stands.
 *
 * @param desired what Git and GitLab want of it, as {@code standing} was judged by
 * @param diagnosis what keeps it from running, the likeliest cause first; empty when nothing does
 * @param history the last transitions, oldest first, the present one included
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

  /** When this process saw it come to stand so; for the first, since when it stood so. */
  public record Transition(Instant at, Phase phase, String reason, String message) {}
}
