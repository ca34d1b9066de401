package io.github.rayservice.scaffolder.access;

import java.time.Duration;

/** A rejected request. No message contains a part of a token. */
public abstract sealed class AccessException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private AccessException(String message) {
    super(message);
  }

  /** The caller is not authenticated. */
  public static final class Unproven extends AccessException {
    private static final long serialVersionUID = 1;

    public Unproven(String message) {
      super(message);
    }
  }

  /** The caller is authenticated and lacks the right. */
  public static final class Forbidden extends AccessException {
    private static final long serialVersionUID = 1;

    Forbidden(String message) {
      super(message);
    }
  }

  /** The caller takes more than its share now. */
  public static final class TooMany extends AccessException {
    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    TooMany(String message, Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    /** When the same request may be taken; at least a second. */
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** The caller cannot be authenticated now, because Backstage or the issuer does not answer. */
  public static final class Unavailable extends AccessException {
    private static final long serialVersionUID = 1;

    public Unavailable(String message) {
      super(message);
    }
  }
}
