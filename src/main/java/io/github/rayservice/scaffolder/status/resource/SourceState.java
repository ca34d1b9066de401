package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;

/** Whether a source can be read. */
public sealed interface SourceState {
  /** Why a source cannot be read. */
  enum Cause {
    /** This process has not tried yet. */
    NOT_READ_YET,
    /** The API server does not know the kind. */
    NOT_INSTALLED,
    /** The API server does not allow it. */
    FORBIDDEN,
    /** The API server does not accept the login. */
    UNAUTHORIZED,
    /** The server answers with another error. */
    ERROR,
    /** The server did not answer in time. */
    TIMEOUT,
    /** There is no connection to the server. */
    UNREACHABLE,
    /** It was read, but changes do not arrive any more. */
    CUT_OFF
  }

  /** The platform has not asked for it. */
  record NotWatched() implements SourceState {}

  /** It is read, and changes arrive. */
  record Available() implements SourceState {}

  /**
   * It cannot be read, or changes do not arrive.
   *
   * @param why the cause in words for people
   */
  record Unavailable(Cause cause, String why, Instant since) implements SourceState {}

  /** The state of a source before the first attempt to read it. */
  static SourceState notReadYet(Instant since) {
    return new Unavailable(
        ClusterError.NOT_READ_YET.cause(), ClusterError.NOT_READ_YET.message(), since);
  }

  /** Whether there was an attempt to read it. */
  default boolean isTried() {
    return !(this instanceof Unavailable unavailable && unavailable.cause() == Cause.NOT_READ_YET);
  }

  /** The state after one more error; {@code since} is when the first in a row happened. */
  default SourceState unavailable(ClusterError error, Instant now) {
    return new Unavailable(
        error.cause(), error.message(), this instanceof Unavailable before ? before.since() : now);
  }

  /** What such a source says of an object that was last seen so. */
  default <T> Observed<T> observe(Observed<T> last) {
    return switch (this) {
      case NotWatched notWatched -> new Observed.NotWatched<>();
      case Available available -> last;
      case Unavailable unavailable ->
          new Observed.Unavailable<>(unavailable.why(), unavailable.since(), last.present());
    };
  }
}
