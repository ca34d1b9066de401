package io.github.rayservice.scaffolder.gitlab;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request to GitLab failed. The kinds differ in who can fix it. */
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

  /** Status 404: the resource does not exist, or the token may not see it. */
  public static final class NotFound extends GitlabException {
    NotFound(String message) {
      super(message, null);
    }
  }

  /** Any other status 4xx, with GitLab's own message. */
  public static final class Refused extends GitlabException {
    private final int status;

    Refused(int status, String message) {
      super(message, null);
      this.status = status;
    }

    /** The HTTP status: 400, 405, 409, 422, … */
    public int status() {
      return status;
    }
  }

  /** The branch has an open merge request already, and GitLab opens no second one. */
  public static final class Conflict extends GitlabException {
    Conflict(String message) {
      super(message, null);
    }
  }

  /**
   * GitLab's API does not see the branch of a merge request. Its servers may be some seconds behind
   * a push.
   */
  public static final class BranchUnseen extends GitlabException {
    BranchUnseen(String message) {
      super(message, null);
    }
  }

  /**
   * What was asked is elsewhere, or something else answers in GitLab's place; a setting or the way
   * to GitLab must change.
   */
  public static final class Elsewhere extends GitlabException {
    Elsewhere(String message) {
      super(message, null);
    }
  }

  /** Status 429: GitLab did not carry out the request. */
  public static final class RateLimited extends GitlabException {
    private final transient Optional<Duration> retryAfter;

    RateLimited(Optional<Duration> retryAfter) {
      super("GitLab receives too many requests from this service", null);
      this.retryAfter = retryAfter;
    }

    /** The {@code Retry-After} header; empty when it is absent or no number of seconds. */
    public Optional<Duration> retryAfter() {
      return retryAfter;
    }
  }

  /** GitLab cannot be reached or answers 5xx; the same request may succeed later. */
  public static final class Unavailable extends GitlabException {
    Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
