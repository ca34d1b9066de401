package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One element of {@code status.conditions} of a Kubernetes object.
 *
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason upstream's word in CamelCase; empty when it gives none
 * @param observedGeneration of {@code metadata.generation}; empty when upstream does not say
 */
public record StatusCondition(
    String type,
    String status,
    String reason,
    String message,
    Optional<Instant> since,
    Optional<Long> observedGeneration) {
  /** The one of a type. Each derivation asks dozens of times, so there is no stream here. */
  static Optional<StatusCondition> find(List<StatusCondition> conditions, String type) {
    for (StatusCondition condition : conditions) {
      if (condition.type().equals(type)) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  public boolean isTrue() {
    return status.equals("True");
  }

  public boolean isFalse() {
    return status.equals("False");
  }
}
