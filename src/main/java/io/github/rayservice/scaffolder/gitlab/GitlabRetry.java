package io.github.rayservice.scaffolder.gitlab;

import io.smallrye.faulttolerance.api.CustomBackoffStrategy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Which requests to GitLab are sent again, and after how long. GitLab's {@code Retry-After} is the
 * shortest pause. When it is longer than a caller should wait, the request fails and the caller is
 * told how long.
 */
public final class GitlabRetry {
  /** Retries after the first attempt. */
  static final int RETRIES = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private GitlabRetry() {}

  /** A read is repeated when GitLab cannot be reached, answers 5xx or 429. */
  public static final class OfReads implements Predicate<Throwable> {
    @Override
    public boolean test(Throwable e) {
      return e instanceof GitlabException.Unavailable || isShortlyBusy(e);
    }
  }

  /** A write is repeated after a 429 only, because GitLab may have carried it out otherwise. */
  public static final class OfWrites implements Predicate<Throwable> {
    @Override
    public boolean test(Throwable e) {
      return isShortlyBusy(e);
    }
  }

  private static boolean isShortlyBusy(Throwable e) {
    return e instanceof GitlabException.RateLimited busy
        && busy.retryAfter().orElse(Duration.ZERO).compareTo(LONGEST_PAUSE) <= 0;
  }

  /**
   * GitLab's {@code Retry-After}, or a pause that doubles with each attempt; and up to half of it
   * again, so that several replicas do not come back together.
   */
  public static final class Backoff implements CustomBackoffStrategy {
    private int attempts;

    @Override
    public long nextDelayInMillis(Throwable e) {
      Optional<Duration> demanded =
          e instanceof GitlabException.RateLimited busy ? busy.retryAfter() : Optional.empty();
      long millis = demanded.orElse(FIRST_PAUSE.multipliedBy(1L << attempts++)).toMillis();
      return millis + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
    }
  }
}
