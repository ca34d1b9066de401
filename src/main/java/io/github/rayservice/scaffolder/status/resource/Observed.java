package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What one source says of one object, or why it says nothing. */
public sealed interface Observed<T> {
  /** The object as it was seen last; the source can be read. */
  record Present<T>(T value) implements Observed<T> {}

  /** The source can be read and has no such object. */
  record Absent<T>() implements Observed<T> {}

  /** There is an object, but it makes no sense. */
  record Malformed<T>(String why) implements Observed<T> {}

  /**
   * The source cannot be read.
   *
   * @param since when that began
   * @param last what it said before
   */
  record Unavailable<T>(String why, Instant since, Optional<T> last) implements Observed<T> {}

  /** The platform has not asked for this source to be read. */
  record NotWatched<T>() implements Observed<T> {}

  /** The same, said of what the object means. */
  default Observed<T> map(UnaryOperator<T> meaning) {
    return switch (this) {
      case Present<T> seen -> new Present<>(meaning.apply(seen.value()));
      case Unavailable<T> away ->
          new Unavailable<>(away.why(), away.since(), away.last().map(meaning));
      case Absent<T> absent -> absent;
      case Malformed<T> garbled -> garbled;
      case NotWatched<T> unwatched -> unwatched;
    };
  }

  /** The object, if it stands there now. */
  default Optional<T> present() {
    return this instanceof Present<T> seen ? Optional.of(seen.value()) : Optional.empty();
  }

  /** The object as it was seen last, also while the source cannot be read. */
  default Optional<T> lastKnown() {
    return this instanceof Unavailable<T> unreadable ? unreadable.last() : present();
  }

  default boolean isAbsent() {
    return this instanceof Absent<T>;
  }
}
