package io.github.rayservice.scaffolder.api.health;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * The last answer of a check that asks another system. Probes come from any number of nodes and
 * monitors; the other system sees one look at a time, and a probe waits for the first one only.
 */
final class RecentLook {
  /** A look that has not ended after so many of its times is waited for. */
  private static final int PATIENCE = 6;

  private static final String KEY = "";

  private final Supplier<HealthCheckResponse> look;
  private final Optional<LoadingCache<String, HealthCheckResponse>> last;

  /**
   * A check whose answers may be old.
   *
   * @param maxAge how old; zero for no answer but the present one
   * @param executor where a look goes on while its predecessor is answered
   */
  RecentLook(Duration maxAge, Executor executor, Supplier<HealthCheckResponse> look) {
    this(maxAge, executor, Ticker.systemTicker(), look);
  }

  RecentLook(
      Duration maxAge, Executor executor, Ticker ticker, Supplier<HealthCheckResponse> look) {
    this.look = look;
    this.last =
        maxAge.isZero()
            ? Optional.empty()
            : Optional.of(
                Caffeine.newBuilder()
                    .executor(executor)
                    .ticker(ticker)
                    .refreshAfterWrite(maxAge)
                    .expireAfterWrite(maxAge.multipliedBy(PATIENCE))
                    .build(key -> look.get()));
  }

  HealthCheckResponse answer() {
    return last.map(cache -> cache.get(KEY)).orElseGet(look);
  }
}
