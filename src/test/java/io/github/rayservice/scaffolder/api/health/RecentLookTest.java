package io.github.rayservice.scaffolder.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

class RecentLookTest {
  private static final Duration AGE = Duration.ofSeconds(10);

  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private RecentLook look(Duration maxAge) {
    return new RecentLook(
        maxAge,
        waiting::add,
        nanos::get,
        () -> HealthCheckResponse.up("look " + looks.incrementAndGet()));
  }

  @Test
  void aHundredProbesAreOneLook() {
    RecentLook recent = look(AGE);

    for (int i = 0; i < 100; i++) {
      assertThat(recent.answer().getName()).isEqualTo("look 1");
    }

    assertThat(looks).hasValue(1);
  }

  @Test
  void anOldLookIsAnsweredWhileTheNextOneGoesOn() {
    RecentLook recent = look(AGE);
    recent.answer();
    nanos.addAndGet(AGE.toNanos() + 1);

    assertThat(recent.answer().getName()).isEqualTo("look 1");
    assertThat(recent.answer().getName()).isEqualTo("look 1");
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }

    assertThat(recent.answer().getName()).isEqualTo("look 2");
    assertThat(looks).hasValue(2);
  }

  @Test
  void aVeryOldLookIsNotAnswered() {
    RecentLook recent = look(AGE);
    recent.answer();
    nanos.addAndGet(AGE.multipliedBy(6).toNanos() + 1);

    assertThat(recent.answer().getName()).isEqualTo("look 2");
  }

  @Test
  void withoutAnAgeEachProbeLooks() {
    RecentLook recent = look(Duration.ZERO);
    recent.answer();

    assertThat(recent.answer().getName()).isEqualTo("look 2");
  }
}
