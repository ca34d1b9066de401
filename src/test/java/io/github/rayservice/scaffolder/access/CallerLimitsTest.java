package io.github.rayservice.scaffolder.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one caller may take, with 3 requests and 2 streams at a time, and 5 requests a second. */
class CallerLimitsTest {
  private static final Caller JANE = Caller.ofBackstage("user:default/jane", Set.of());
  private static final Caller JOE = Caller.ofBackstage("user:default/joe", Set.of());

  private long nanos;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CallerLimits limits =
      new CallerLimits(
          new Limits(5, 3, 2),
          meters,
          new TimeMeter() {
            @Override
            public long currentTimeNanos() {
              return nanos;
            }

            @Override
            public boolean isWallClockBased() {
              return false;
            }
          });

  private record Limits(int requestsPerSecond, int requestsAtATime, int streams)
      implements AccessConfig.Limits {}

  private void refuses(Runnable request, String words, Duration retryAfter) {
    assertThatThrownBy(request::run)
        .hasMessage(words)
        .asInstanceOf(type(AccessException.TooMany.class))
        .extracting(AccessException.TooMany::retryAfter)
        .isEqualTo(retryAfter);
  }

  @Test
  void aCallerHasItsPlacesUntilItLeavesThem() {
    List<CallerLimits.Place> places = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      places.add(limits.enter(JANE));
    }

    refuses(
        () -> limits.enter(JANE),
        "user:default/jane has 3 requests at a time; more are not taken (scaffolder.access.limits.requests-at-a-time)",
        Duration.ofSeconds(1));
    // Neither other callers nor streams wait for it.
    limits.enter(JOE);
    limits.follow(JANE);
    limits.follow(JANE);
    refuses(
        () -> limits.follow(JANE),
        "user:default/jane has 2 streams of events at a time; more are not taken (scaffolder.access.limits.streams)",
        Duration.ofSeconds(10));

    places.getFirst().leave();
    limits.enter(JANE);
    refuses(
        () -> limits.enter(JANE),
        "user:default/jane has 3 requests at a time; more are not taken (scaffolder.access.limits.requests-at-a-time)",
        Duration.ofSeconds(1));
    assertThat(meters.counter("scaffolder.access.refused").count()).isEqualTo(3);
  }

  @Test
  void aCallerHasARate() {
    for (int i = 0; i < 50; i++) {
      limits.enter(JANE).leave();
    }

    String words =
        "user:default/jane sends more than 5 requests in a second (scaffolder.access.limits.requests-per-second)";
    refuses(() -> limits.enter(JANE), words, Duration.ofSeconds(1));
    refuses(() -> limits.follow(JANE), words, Duration.ofSeconds(1));
    limits.enter(JOE).leave();

    nanos += TimeUnit.SECONDS.toNanos(1);
    for (int i = 0; i < 5; i++) {
      limits.enter(JANE).leave();
    }
    refuses(() -> limits.enter(JANE), words, Duration.ofSeconds(1));
  }

  @Test
  void whereNoCallerIsToldFromAnotherThereIsNoLimit() {
    for (int i = 0; i < 100; i++) {
      limits.enter(Caller.ANYBODY);
    }
    assertThat(meters.counter("scaffolder.access.refused").count()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1, requests-per-second", "1, 0, 1, requests-at-a-time", "1, 1, -1, streams"})
  void aLimitThatLetsNothingThroughIsNamed(int rate, int requests, int streams, String name) {
    CallerLimits none =
        new CallerLimits(
            new Limits(rate, requests, streams), meters, TimeMeter.SYSTEM_MILLISECONDS);

    assertThatThrownBy(none::check)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("scaffolder.access.limits." + name + " must be at least 1");
  }
}
