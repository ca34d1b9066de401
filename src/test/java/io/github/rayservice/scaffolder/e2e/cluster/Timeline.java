package io.github.rayservice.scaffolder.e2e.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** When each thing was seen first, and whose work the time before it was. */
final class Timeline {
  private record Milestone(Instant at, String owner) {}

  private final Map<String, Milestone> milestones = new ConcurrentHashMap<>();
  private final Instant begin = Instant.now();

  /** Later sightings change nothing. */
  void seen(String what, String owner) {
    milestones.putIfAbsent(what, new Milestone(Instant.now(), owner));
  }

  /** Seconds from the beginning, if it was seen. */
  Optional<Double> secondsTo(String what) {
    return Optional.ofNullable(milestones.get(what)).map(found -> seconds(begin, found.at()));
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1000.0;
  }

  /** One line for each, in their order: seconds from the beginning and from the line before. */
  @Override
  public String toString() {
    List<Map.Entry<String, Milestone>> sorted = new ArrayList<>(milestones.entrySet());
    sorted.sort(Comparator.comparing(entry -> entry.getValue().at()));
    StringBuilder lines = new StringBuilder();
    Instant before = begin;
    for (Map.Entry<String, Milestone> entry : sorted) {
      Milestone milestone = entry.getValue();
      lines.append(
          "%8.1f s  +%5.1f  %-10s %s%n"
              .formatted(
                  seconds(begin, milestone.at()),
                  seconds(before, milestone.at()),
                  milestone.owner(),
                  entry.getKey()));
      before = milestone.at();
    }
    return lines.toString();
  }
}
