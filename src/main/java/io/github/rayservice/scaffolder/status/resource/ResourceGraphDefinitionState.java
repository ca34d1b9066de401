package io.github.rayservice.scaffolder.status.resource;

import java.util.List;

/**
 * kro's ResourceGraphDefinition, which makes the kind of our instances.
 *
 * @param state {@code Active} or {@code Inactive}; empty before kro has seen it
 */
public record ResourceGraphDefinitionState(
    ObjectMetadata metadata, String state, List<StatusCondition> conditions)
    implements WatchedObject {
  public boolean isActive() {
    return state.equals("Active");
  }
}
