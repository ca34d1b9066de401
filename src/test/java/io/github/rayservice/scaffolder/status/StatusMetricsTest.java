package io.github.rayservice.scaffolder.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class StatusMetricsTest {
  @Test
  void itsMetersEndWithIt() {
    CompositeMeterRegistry meters = new CompositeMeterRegistry();
    meters.add(new SimpleMeterRegistry());
    StatusMetrics metrics = new StatusMetrics(new StatusEventLog(Runnable::run), meters);
    assertThat(meters.getMeters()).isNotEmpty();

    metrics.close();

    assertThat(meters.getMeters()).isEmpty();
  }
}
