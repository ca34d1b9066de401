package io.github.rayservice.scaffolder.access;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Keeps what one caller takes of the service within {@code scaffolder.access.limits}, so that the
 * others are answered meanwhile. The rate is a bucket of tokens; what is answered at a time is
 * counted. Each process counts for itself.
 */
@ApplicationScoped
public class CallerLimits {
  /** How many seconds of its rate a caller may save. */
  private static final int SAVED_SECONDS = 10;

  /** After this time a bucket is full again, and another full one is the same. */
  private static final Duration REFILLED = Duration.ofSeconds(SAVED_SECONDS + 1);

  private static final Duration SOON = Duration.ofSeconds(1);

  /** A stream lasts, and so does the need of whoever waits for a place. */
  private static final Duration LATER = Duration.ofSeconds(10);

  private final AccessConfig.Limits limits;
  private final LoadingCache<String, Bucket> rates;
  private final ConcurrentMap<String, Integer> requests = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> streams = new ConcurrentHashMap<>();
  private final Counter refused;

  @Inject
  public CallerLimits(AccessConfig config, MeterRegistry meters) {
    this(config.limits(), meters, TimeMeter.SYSTEM_NANOTIME);
  }

  CallerLimits(AccessConfig.Limits limits, MeterRegistry meters, TimeMeter time) {
    this.limits = limits;
    this.rates =
        Caffeine.newBuilder()
            .expireAfterAccess(REFILLED)
            .build(subject -> rate(limits.requestsPerSecond(), time));
    this.refused =
        Counter.builder("scaffolder.access.refused")
            .description("Requests above what one caller may take, answered 429")
            .register(meters);
  }

  private static Bucket rate(int perSecond, TimeMeter time) {
    return Bucket.builder()
        .withCustomTimePrecision(time)
        .addLimit(limit ->
            limit
                .capacity((long) SAVED_SECONDS * perSecond)
                .refillGreedy(perSecond, Duration.ofSeconds(1)))
        .build();
  }

  /**
   * Fails the start when a limit lets nothing through.
   *
   * @throws IllegalStateException with the setting to change
   */
  void check() {
    require("requests-per-second", limits.requestsPerSecond());
    require("requests-at-a-time", limits.requestsAtATime());
    require("streams", limits.streams());
  }

  private static void require(String name, int limit) {
    if (limit < 1) {
      throw new IllegalStateException(
          "scaffolder.access.limits.%s must be at least 1, not %d".formatted(name, limit));
    }
  }

  /** A place that a request or a stream has until it ends. */
  @FunctionalInterface
  public interface Place {
    /** Gives the place back, once. */
    void leave();
  }

  /**
   * Takes a place for a request.
   *
   * @throws AccessException.TooMany when the caller has sent too many, or waits for too many
   */
  public Place enter(Caller caller) {
    return take(caller, requests, limits.requestsAtATime(), "requests", "requests-at-a-time", SOON);
  }

  /**
   * Takes a place for a stream of events.
   *
   * @throws AccessException.TooMany when the caller has sent too many requests, or follows too many
   */
  public Place follow(Caller caller) {
    return take(caller, streams, limits.streams(), "streams of events", "streams", LATER);
  }

  private Place take(
      Caller caller,
      ConcurrentMap<String, Integer> taken,
      int most,
      String what,
      String setting,
      Duration retryAfter) {
    Optional<String> known = caller.subject();
    if (known.isEmpty()) {
      // No caller is told from another.
      return () -> {};
    }
    String subject = known.get();
    requireRate(subject);
    int number = taken.merge(subject, 1, Integer::sum);
    if (number > most) {
      leave(taken, subject);
      throw refuse(
          "%s has %d %s at a time; more are not taken (scaffolder.access.limits.%s)"
              .formatted(subject, most, what, setting),
          retryAfter);
    }
    return () -> leave(taken, subject);
  }

  private void requireRate(String subject) {
    ConsumptionProbe probe = rates.get(subject).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw refuse(
          "%s sends more than %d requests in a second (scaffolder.access.limits.requests-per-second)"
              .formatted(subject, limits.requestsPerSecond()),
          SOON);
    }
  }

  private AccessException.TooMany refuse(String message, Duration retryAfter) {
    refused.increment();
    return new AccessException.TooMany(message, retryAfter);
  }

  private static void leave(ConcurrentMap<String, Integer> taken, String subject) {
    taken.computeIfPresent(subject, (s, number) -> number == 1 ? null : number - 1);
  }
}
