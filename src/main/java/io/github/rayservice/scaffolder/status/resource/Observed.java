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

  /** There is an object, but a field of it is not what it must be. */
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

  /** The same, with another reading of the object. */
  default Observed<T> map(UnaryOperator<T> meaning) {
    return switch (this) {
      case Present<T> seen -> new Present<>(meaning.apply(seen.value()));
      case Unavailable<T> unavailable ->
          new Unavailable<>(
              unavailable.why(), unavailable.since(), unavailable.last().map(meaning));
      case Absent<T> absent -> absent;
      case Malformed<T> malformed -> malformed;
      case NotWatched<T> notWatched -> notWatched;
    };
  }

  /** The object, if it exists and can be read. */
  default Optional<T> present() {
    return this instanceof Present<T> seen ? Optional.of(seen.value()) : Optional.empty();
  }

  /** The object as it was seen last, also while the source cannot be read. */
  default Optional<T> lastKnown() {
    return this instanceof Unavailable<T> unavailable ? unavailable.last() : present();
  }

  default boolean isAbsent() {
    return this instanceof Absent<T>;
  }
}
