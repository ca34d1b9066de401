package io.github.rayservice.scaffolder.gitlab;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** GitLab did not do what it was asked for. The kinds differ in who can mend it. */
public abstract sealed class GitlabException extends RuntimeException {
  private GitlabException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The token is wrong, expired, revoked, or lacks a scope or a role. */
  public static final class Denied extends GitlabException {
    Denied(String message) {
      super(message, null);
    }
  }

  /** There is no such thing, or the token may not see it: GitLab does not tell which. */
  public static final class NotFound extends GitlabException {
    NotFound(String message) {
      super(message, null);
    }
  }

  /** GitLab does not want it: status 4xx in its own words. */
  public static final class Refused extends GitlabException {
    private final int status;

    Refused(int status, String message) {
      super(message, null);
      this.status = status;
    }

    /** 400, 405, 409, 422, … */
    public int status() {
      return status;
    }
  }

  /** Too many requests; none of them was carried out. */
  public static final class RateLimited extends GitlabException {
    private final transient Optional<Duration> retryAfter;

    RateLimited(Optional<Duration> retryAfter) {
      super("GitLab receives too many requests from this service", null);
      this.retryAfter = retryAfter;
    }

    /** How long GitLab asks to wait, when it says so. */
    public Optional<Duration> retryAfter() {
      return retryAfter;
    }
  }

  /** GitLab is away or answers 5xx; the same may succeed later. */
  public static final class Unavailable extends GitlabException {
    Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
