package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;

/** Whether a source can be read. */
public sealed interface SourceState {
  /** Why a source cannot be read that nobody has tried to read so far. */
  String NOT_YET = "it has not been read yet";

  /** The platform has not asked for it. */
  record NotWatched() implements SourceState {}

  /** It is read, and changes arrive. */
  record Available() implements SourceState {}

  /** It cannot be read, or changes do not arrive. */
  record Unavailable(String why, Instant since) implements SourceState {}

  /** Whether it is known by now how it stands with the source. */
  default boolean isTried() {
    return !(this instanceof Unavailable away && away.why().equals(NOT_YET));
  }

  /** What such a source says of an object, seen so last. */
  default <T> Observed<T> observe(Observed<T> last) {
    return switch (this) {
      case NotWatched unwatched -> new Observed.NotWatched<>();
      case Available live -> last;
      case Unavailable away -> new Observed.Unavailable<>(away.why(), away.since(), last.present());
    };
  }
}
