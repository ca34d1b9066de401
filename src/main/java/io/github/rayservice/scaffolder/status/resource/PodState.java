package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod of a Ray cluster.
 *
 * @param head whether it is the head ({@code ray.io/node-type})
 * @param phase {@code status.phase}
 * @param unscheduled why it has no node; empty when it has one
 * @param requests resource to Kubernetes quantity, summed over its containers; empty when it has a
 *     node, as it then has what it asks for
 */
public record PodState(
    ObjectMetadata metadata,
    boolean head,
    String phase,
    boolean ready,
    Optional<String> unscheduled,
    Map<String, String> requests,
    List<Container> containers)
    implements WatchedObject {
  /**
   * A container.
   *
   * @param running since when it runs, {@code state.running.startedAt}; empty while it does not
   * @param waiting reason that it does not run, such as {@code ImagePullBackOff}; may be empty
   * @param last how it ended before, when it did
   */
  public record Container(
      String name,
      String image,
      boolean ready,
      int restarts,
      Optional<Instant> running,
      String waiting,
      String waitingMessage,
      Optional<Ending> last) {}

  /** How a container ended; {@code message} has its last lines where the pod asks for that. */
  public record Ending(int exitCode, String reason, String message) {}
}
