package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What Git and GitLab said last, and whether they can be read. Not thread-safe. */
final class DesiredStates {
  private final Map<RayServiceId, DesiredState> states = new HashMap<>();

  /** How often Git had been read when Argo CD showed something that Git did not have. */
  private final Map<RayServiceId, Integer> aheadOfGit = new HashMap<>();

  private SourceState source;
  private int reads;

  DesiredStates(SourceState source) {
    this.source = source;
  }

  SourceState source() {
    return source;
  }

  boolean isAvailable() {
    return source instanceof SourceState.Available;
  }

  boolean contains(RayServiceId id) {
    return states.containsKey(id);
  }

  Set<RayServiceId> ids() {
    return Set.copyOf(states.keySet());
  }

  Observed<DesiredState> observed(RayServiceId id) {
    return source.observe(new Observed.Present<>(states.getOrDefault(id, DesiredState.NOTHING)));
  }

  /** Replaces all of it, and returns whose status may change. */
  Set<RayServiceId> replace(Map<RayServiceId, DesiredState> all) {
    Set<RayServiceId> concerned = new HashSet<>(states.keySet());
    concerned.addAll(all.keySet());
    if (isAvailable()) {
      concerned.removeIf(
          id -> Optional.ofNullable(states.get(id)).equals(Optional.ofNullable(all.get(id))));
    }
    concerned.addAll(aheadOfGit.keySet());
    source = new SourceState.Available();
    reads++;
    states.clear();
    states.putAll(all);
    return concerned;
  }

  /** Keeps what was said last. */
  void markUnavailable(ClusterError error, Instant now) {
    source = source.unavailable(error, now);
  }

  /**
   * Whether to wait for the next reads of Git. Argo CD may know a commit before this process does.
   * What Argo CD brings counts as a leftover only after Git has been read from beginning to end
   * since.
   */
  boolean isAheadOfGit(Observation observation) {
    return observation.isTracked()
        && !observation.isAccepted()
        && isAvailable()
        && reads < aheadOfGit.computeIfAbsent(observation.id(), id -> reads) + 2;
  }

  /** Ends the wait for Git. */
  void forgetWait(RayServiceId id) {
    aheadOfGit.remove(id);
  }
}
