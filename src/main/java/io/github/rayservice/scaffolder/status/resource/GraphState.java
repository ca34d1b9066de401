package io.github.rayservice.scaffolder.status.resource;

import java.util.List;

/**
 * kro's ResourceGraphDefinition, which makes the kind of our instances.
 *
 * @param state {@code Active} or {@code Inactive}; empty before kro has seen it
 */
public record GraphState(Stamp stamp, String state, List<StatusCondition> conditions)
    implements Stamped {
  public boolean isActive() {
    return state.equals("Active");
  }
}
