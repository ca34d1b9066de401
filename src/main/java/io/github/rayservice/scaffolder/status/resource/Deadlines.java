package io.github.rayservice.scaffolder.status.resource;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The moments that one derivation asked about. A rule that depends on the time must ask here, so no
 * rule can forget to say when its answer changes. Until the first moment that is not over yet, the
 * same questions get the same answers. Not thread-safe; each derivation makes its own.
 */
public final class Deadlines {
  private final Instant now;
  private final Duration patience;
  private final Duration longPatience;
  private @Nullable Instant next;

  /**
   * Deadlines of one derivation.
   *
   * @param patience how long something that may end without help is waited for
   * @param longPatience the same of what takes minutes where all is well, such as the start of a
   *     model
   */
  public Deadlines(Instant now, Duration patience, Duration longPatience) {
    this.now = now;
    this.patience = patience;
    this.longPatience = longPatience;
  }

  /** When the derivation happens. It may be stored, but decisions must not depend on it. */
  public Instant now() {
    return now;
  }

  /** Whether the deadline is over; at the deadline itself it is not. */
  public boolean isOver(Instant deadline) {
    if (deadline.isBefore(now)) {
      return true;
    }
    if (next == null || deadline.isBefore(next)) {
      next = deadline;
    }
    return false;
  }

  /** Whether something that began then has been waited for long enough. */
  public boolean isOverdue(Instant begun) {
    return isOver(begun.plus(patience));
  }

  /** The same of something that takes minutes where all is well. */
  public boolean isLongOverdue(Instant begun) {
    return isOver(begun.plus(longPatience));
  }

  /** The last moment at which all answers are certain to be the same; empty for ever. */
  public Optional<Instant> next() {
    return Optional.ofNullable(next);
  }
}
