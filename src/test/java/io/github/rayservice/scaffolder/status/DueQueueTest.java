package io.github.rayservice.scaffolder.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.RayServiceId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DueQueueTest {
  private static final RayServiceId FIRST = new RayServiceId("team", "first");
  private static final RayServiceId SECOND = new RayServiceId("team", "second");
  private static final Instant NOW = Instant.parse("2026-11-29T00:00:00Z");

  private final DueQueue queue = new DueQueue();

  @Test
  void givesThoseWhoseMomentIsOverOnce() {
    queue.put(FIRST, Optional.of(NOW));
    queue.put(SECOND, Optional.of(NOW.plusSeconds(1)));

    assertThat(queue.poll(NOW)).isEmpty();
    assertThat(queue.poll(NOW.plusMillis(1))).containsExactly(FIRST);
    assertThat(queue.poll(NOW.plusMillis(1))).isEmpty();
    assertThat(queue.poll(NOW.plusSeconds(2))).containsExactly(SECOND);
  }

  @Test
  void aNewMomentReplacesTheOldOne() {
    queue.put(FIRST, Optional.of(NOW));
    queue.put(FIRST, Optional.of(NOW.plusSeconds(5)));
    queue.put(SECOND, Optional.of(NOW));
    queue.put(SECOND, Optional.empty());

    assertThat(queue.poll(NOW.plusSeconds(1))).isEmpty();
    assertThat(queue.poll(NOW.plusSeconds(6))).containsExactly(FIRST);
  }
}
