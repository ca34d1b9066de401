package io.github.rayservice.scaffolder.status.diagnosis;

import java.util.Map;
import java.util.Optional;

public
/**
 * What is asked for now and then, because it cannot be watched.
 *
 * @param room how much of the cluster is free, in words; empty when nobody has asked yet
 * @param lostHosts host names of endpoints that DNS has no address for, with the resolver's words
 */
record Asked(Optional<String> room, Map<String, String> lostHosts) {
  public static final Asked NOTHING = new Asked(Optional.empty(), Map.of());
}
