package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.status.phase.Phase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** How many Ray Services are in each phase, and how many event streams are open. */
final class StatusMetrics {
  private final Map<Phase, AtomicInteger> phases = new EnumMap<>(Phase.class);

  StatusMetrics(StatusEventLog log, MeterRegistry meters) {
    for (Phase phase : Phase.values()) {
      AtomicInteger count = new AtomicInteger();
      phases.put(phase, count);
      Gauge.builder("scaffolder.ray.services", count, AtomicInteger::get)
          .description("Ray Services by their phase")
          .tag("phase", phase.label())
          .register(meters);
    }
    Gauge.builder("scaffolder.status.followers", log::subscribers)
        .description("Event streams that are open")
        .register(meters);
  }

  /** Counts a change of one Ray Service; empty when it is new, or is deleted. */
  void changed(Optional<RayServiceStatus> before, Optional<RayServiceStatus> after) {
    before.ifPresent(status -> count(status).decrementAndGet());
    after.ifPresent(status -> count(status).incrementAndGet());
  }

  private AtomicInteger count(RayServiceStatus status) {
    return Objects.requireNonNull(phases.get(status.phaseStatus().phase()));
  }
}
