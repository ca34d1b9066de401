package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.status.phase.Phase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many Ray Services are in each phase, and how many event streams are open. The registry
 * outlives an application that is started again in the same process, as tests do: it would keep the
 * first one's meters, and show nothing once their numbers are gone.
 */
final class StatusMetrics implements AutoCloseable {
  private final Map<Phase, AtomicInteger> phases = new EnumMap<>(Phase.class);

  private final List<Meter> registered = new ArrayList<>();
  private final MeterRegistry meters;

  StatusMetrics(StatusEventLog log, MeterRegistry meters) {
    this.meters = meters;
    for (Phase phase : Phase.values()) {
      AtomicInteger count = new AtomicInteger();
      phases.put(phase, count);
      registered.add(
          Gauge.builder("scaffolder.ray.services", count, AtomicInteger::get)
              .description("Ray Services by their phase")
              .tag("phase", phase.label())
              .register(meters));
    }
    registered.add(
        Gauge.builder("scaffolder.status.followers", log::subscribers)
            .description("Event streams that are open")
            .register(meters));
  }

  /** Counts a change of one Ray Service; empty when it is new, or is deleted. */
  void changed(Optional<RayServiceStatus> before, Optional<RayServiceStatus> after) {
    before.ifPresent(status -> count(status).decrementAndGet());
    after.ifPresent(status -> count(status).incrementAndGet());
  }

  @Override
  public void close() {
    registered.forEach(meters::remove);
  }

  private AtomicInteger count(RayServiceStatus status) {
    return Objects.requireNonNull(phases.get(status.phaseStatus().phase()));
  }
}
