package io.github.rayservice.scaffolder.status.diagnosis;

import java.util.Map;
import java.util.Optional;

/**
 * What is probed regularly, because it cannot be watched.
 *
 * @param capacity how much of the cluster is free, for people; empty before the first probe
 * @param unresolvedHosts hosts of endpoints without an address in DNS, with the resolver's message
 */
public record ProbeResults(Optional<String> capacity, Map<String, String> unresolvedHosts) {
  public static final ProbeResults NOTHING = new ProbeResults(Optional.empty(), Map.of());

  public ProbeResults {
    unresolvedHosts = Map.copyOf(unresolvedHosts);
  }

  /** The same, with another capacity. */
  public ProbeResults withCapacity(Optional<String> other) {
    return new ProbeResults(other, unresolvedHosts);
  }

  /** The same, with other hosts. */
  public ProbeResults withUnresolvedHosts(Map<String, String> others) {
    return new ProbeResults(capacity, others);
  }
}
