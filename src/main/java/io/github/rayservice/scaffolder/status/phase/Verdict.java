package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.time.Instant;
import java.util.Optional;

/**
 * A phase with its reason.
 *
 * @param since when it began, by the source; empty when the source does not tell
 * @param lasting the phase after it has lasted longer than the patience; empty when time changes
 *     nothing
 */
record Verdict(
    Phase phase, String reason, String message, Optional<Instant> since, Optional<Phase> lasting) {
  Verdict(Phase phase, String reason, String message, Optional<Instant> since) {
    this(phase, reason, message, since, Optional.empty());
  }

  static Verdict of(Phase phase, String reason, String message) {
    return new Verdict(phase, reason, message, Optional.empty());
  }

  static Optional<Verdict> some(Phase phase, String reason, String message) {
    return Optional.of(of(phase, reason, message));
  }

  /** A source that would tell does not. */
  static Verdict unavailable(Source source, Observed<?> observed) {
    String name = source.label().replace(" ", "");
    return switch (observed) {
      case Observed.Unavailable<?> unavailable ->
          new Verdict(
              Phase.UNKNOWN,
              name + "Unreadable",
              "%s cannot be read since %s: %s"
                  .formatted(source.label(), unavailable.since(), unavailable.why()),
              Optional.of(unavailable.since()));
      case Observed.Malformed<?> malformed ->
          of(
              Phase.UNKNOWN,
              name + "Garbled",
              "what %s holds %s".formatted(source.label(), malformed.why()));
      case Observed.Present<?> present -> notRead(source, name);
      case Observed.Absent<?> absent -> notRead(source, name);
      case Observed.NotWatched<?> notWatched -> notRead(source, name);
    };
  }

  private static Verdict notRead(Source source, String name) {
    return of(Phase.UNKNOWN, name + "NotRead", source.label() + " has not been read yet");
  }

  /** Takes reason and message of a condition, and others where it has none. */
  static Verdict of(Phase phase, StatusCondition why, String otherwise) {
    return new Verdict(
        phase,
        why.reason().isEmpty() ? why.type() : why.reason(),
        why.message().isEmpty() ? otherwise : why.message(),
        why.since());
  }

  /** The same with another message. */
  Verdict saying(String other) {
    return new Verdict(phase, reason, other, since, lasting);
  }

  /** The same, since that moment if there is one. */
  Verdict since(Optional<Instant> begun) {
    return new Verdict(phase, reason, message, begun, lasting);
  }

  /** The same, with another phase if it lasts. */
  Verdict untilItLasts(Phase end) {
    return new Verdict(phase, reason, message, since, Optional.of(end));
  }

  /** Whether it continues the phase before, which may have lasted by now. */
  boolean goesOnFrom(PhaseStatus before) {
    return before.reason().equals(reason)
        && (before.phase() == phase || lasting.filter(end -> end == before.phase()).isPresent());
  }
}
