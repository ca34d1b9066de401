package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The Ray Services whose status changes by time alone, the first one first. Not thread-safe. */
final class DueQueue {
  private record Entry(Instant at, RayServiceId id) {}

  private final TreeSet<Entry> entries =
      new TreeSet<>(Comparator.comparing(Entry::at).thenComparing(Entry::id));
  private final Map<RayServiceId, Instant> moments = new HashMap<>();

  /** Replaces the moment of a Ray Service; empty removes it. */
  void put(RayServiceId id, Optional<Instant> at) {
    @Nullable Instant before = moments.remove(id);
    if (before != null) {
      entries.remove(new Entry(before, id));
    }
    at.ifPresent(moment -> {
      moments.put(id, moment);
      entries.add(new Entry(moment, id));
    });
  }

  /** Removes those whose moment is over, and returns them. */
  Set<RayServiceId> poll(Instant now) {
    Set<RayServiceId> due = new HashSet<>();
    while (!entries.isEmpty() && entries.first().at().isBefore(now)) {
      RayServiceId id = entries.removeFirst().id();
      moments.remove(id);
      due.add(id);
    }
    return due;
  }
}
