package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.status.resource.IngressClassState;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.ResourceGraphDefinitionState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
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
    Map<WatchedKind, SourceState> states,
    Observed<ResourceGraphDefinitionState> definition,
    List<IngressClassState> ingressClasses,
    List<RayClusterState> rayClusters) {
  /** Whether a kind can be read. */
  public SourceState state(WatchedKind kind) {
    return states.getOrDefault(kind, new SourceState.NotWatched());
  }
}
