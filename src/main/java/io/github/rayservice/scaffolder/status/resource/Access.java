package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;

/** Whether a source can be read. */
public sealed interface Access {
  /** Why a source cannot be read that nobody has tried to read so far. */
  String NOT_YET = "it has not been read yet";

  /** The platform has not asked for it. */
  record Unwatched() implements Access {}

  /** It is read, and changes arrive. */
  record Live() implements Access {}

  /** It cannot be read, or changes do not arrive. */
  record Unreadable(String why, Instant since) implements Access {}

  /** Whether it is known by now how it stands with the source. */
  default boolean isTried() {
    return !(this instanceof Unreadable away && away.why().equals(NOT_YET));
  }

  /** What such a source says of an object, seen so last. */
  default <T> Reading<T> of(Reading<T> last) {
    return switch (this) {
      case Unwatched unwatched -> new Reading.Unwatched<>();
      case Live live -> last;
      case Unreadable away -> new Reading.Unreadable<>(away.why(), away.since(), last.seen());
    };
  }
}
