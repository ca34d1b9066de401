package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.status.resource.Access;
import io.github.rayservice.scaffolder.status.resource.GraphState;
import io.github.rayservice.scaffolder.status.resource.IngressClassState;
import io.github.rayservice.scaffolder.status.resource.Kind;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.Reading;
import java.util.List;
import java.util.Map;

/**
 * What the watches show of the platform itself, as of one moment.
 *
 * @param states of every kind, whether it can be read
 * @param definition kro's definition of our kind
 * @param rayClusters those of all Ray Services
 */
public record PlatformView(
    Map<Kind, Access> states,
    Reading<GraphState> definition,
    List<IngressClassState> ingressClasses,
    List<RayClusterState> rayClusters) {
  /** Whether a kind can be read. */
  public Access state(Kind kind) {
    return states.getOrDefault(kind, new Access.Unwatched());
  }
}
