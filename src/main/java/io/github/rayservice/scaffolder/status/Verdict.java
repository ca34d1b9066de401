package io.github.rayservice.scaffolder.status;

import java.time.Instant;
import java.util.Optional;

/**
 * A phase with its grounds.
 *
 * @param since when upstream says that it began; empty when it does not
 */
record Verdict(Phase phase, String reason, String message, Optional<Instant> since) {
  static Verdict of(Phase phase, String reason, String message) {
    return new Verdict(phase, reason, message, Optional.empty());
  }

  /** In the words of a condition, or in ours where it has none. */
  static Verdict of(Phase phase, StatusCondition why, String otherwise) {
    return new Verdict(
        phase,
        why.reason().isEmpty() ? why.type() : why.reason(),
        why.message().isEmpty() ? otherwise : why.message(),
        why.since());
  }
}
