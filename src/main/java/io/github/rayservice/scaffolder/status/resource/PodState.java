package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod of a Ray cluster.
 *
 * @param cluster name of its Ray cluster ({@code ray.io/cluster})
 * @param head whether it is the head ({@code ray.io/node-type})
 * @param phase {@code status.phase}
 * @param nodeVerdict why its node does not run it, or not any more
 * @param unscheduled why it has no node; empty when it has one
 * @param preparing since when its node has made neither its volumes nor its sandbox, which every
 *     container waits for; empty once both are there, and while it has no node
 * @param requests resource to Kubernetes quantity, as the scheduler counts them; empty when it has
 *     a node, as it then has what it asks for
 * @param initContainers those that have not ended well
 */
public record PodState(
    ObjectMetadata metadata,
    String cluster,
    boolean head,
    String phase,
    boolean ready,
    Optional<NodeVerdict> nodeVerdict,
    Optional<String> unscheduled,
    Optional<Instant> preparing,
    Map<String, String> requests,
    List<Container> initContainers,
    List<Container> containers)
    implements WatchedObject {
  /** What a node says of the whole pod, {@code status.reason} and {@code status.message}. */
  public record NodeVerdict(String reason, String message) {}

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

  /** Whether it is over: its containers do not start again. */
  public boolean hasEnded() {
    return nodeVerdict.isPresent() || phase.equals("Failed") || phase.equals("Succeeded");
  }
}
