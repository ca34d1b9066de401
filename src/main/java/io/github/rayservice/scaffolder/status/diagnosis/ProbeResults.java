package io.github.rayservice.scaffolder.status.diagnosis;

import java.util.Map;
import java.util.Optional;

/**
 * What is asked for now and then, because it cannot be watched.
 *
 * @param capacity how much of the cluster is free, in words; empty when nobody has asked yet
 * @param unresolvedHosts host names of endpoints that DNS has no address for, with the resolver's
 *     words
 */
public record ProbeResults(Optional<String> capacity, Map<String, String> unresolvedHosts) {
  public static final ProbeResults NOTHING = new ProbeResults(Optional.empty(), Map.of());
}
