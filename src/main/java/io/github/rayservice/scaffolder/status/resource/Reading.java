package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What one source says of one object, or why it says nothing. */
public sealed interface Reading<T> {
  /** The object as it was seen last; the source can be read. */
  record Seen<T>(T value) implements Reading<T> {}

  /** The source can be read and has no such object. */
  record Absent<T>() implements Reading<T> {}

  /** There is an object, but it makes no sense. */
  record Garbled<T>(String why) implements Reading<T> {}

  /**
   * The source cannot be read.
   *
   * @param since when that began
   * @param last what it said before
   */
  record Unreadable<T>(String why, Instant since, Optional<T> last) implements Reading<T> {}

  /** The platform has not asked for this source to be read. */
  record Unwatched<T>() implements Reading<T> {}

  /** The same, said of what the object means. */
  default Reading<T> map(UnaryOperator<T> meaning) {
    return switch (this) {
      case Seen<T> seen -> new Seen<>(meaning.apply(seen.value()));
      case Unreadable<T> away ->
          new Unreadable<>(away.why(), away.since(), away.last().map(meaning));
      case Absent<T> absent -> absent;
      case Garbled<T> garbled -> garbled;
      case Unwatched<T> unwatched -> unwatched;
    };
  }

  /** The object, if it stands there now. */
  default Optional<T> seen() {
    return this instanceof Seen<T> seen ? Optional.of(seen.value()) : Optional.empty();
  }

  /** The object as it was seen last, also while the source cannot be read. */
  default Optional<T> lastSeen() {
    return this instanceof Unreadable<T> unreadable ? unreadable.last() : seen();
  }

  default boolean isAbsent() {
    return this instanceof Absent<T>;
  }
}
