package io.github.rayservice.scaffolder.status.resource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A KubeRay RayService ({@code ray.io/v1}).
 *
 * @param observedGeneration {@code status.observedGeneration}; 0 before KubeRay has seen it, and
 *     behind for a spec that it refuses
 * @param specSince when {@code spec} was changed last, by the API server's clock; empty when it
 *     does not tell
 * @param endpoints {@code status.numServeEndpoints}
 * @param active the cluster that serves; empty before there is one
 * @param pending the cluster that is being prepared
 */
public record KubeRayService(
    ObjectMetadata metadata,
    long observedGeneration,
    Optional<Instant> specSince,
    int endpoints,
    List<StatusCondition> conditions,
    Optional<Cluster> active,
    Optional<Cluster> pending)
    implements WatchedObject {

  /** KubeRay looks at each RayService every two seconds. On a busy node it may take longer. */
  private static final Duration LOOKED = Duration.ofSeconds(10);

  /** {@code activeServiceStatus} or {@code pendingServiceStatus}. */
  public record Cluster(String name, List<Application> applications) {}

  /**
   * A Serve application.
   *
   * @param status {@code NOT_STARTED}, {@code DEPLOYING}, {@code RUNNING}, {@code DEPLOY_FAILED},
   *     {@code DELETING}, {@code UNHEALTHY}; a later Ray may have more
   * @param message for one that failed, a Python traceback of several kB: the application's own, or
   *     that of its first deployment that has one
   * @param waiting what Serve says of a deployment whose replicas take longer than they should, or
   *     fail while it still tries again; empty when none does
   */
  public record Application(String name, String status, String message, String waiting) {
    boolean isFailing() {
      return status.equals("DEPLOY_FAILED") || status.equals("UNHEALTHY");
    }

    public boolean isDeploying() {
      return status.equals("DEPLOYING");
    }
  }

  public Optional<StatusCondition> condition(String type) {
    return StatusCondition.find(conditions, type);
  }

  public boolean is(String type) {
    return condition(type).filter(StatusCondition::isTrue).isPresent();
  }

  /**
   * The same as it must be read some time after a change. KubeRay (1.6) writes {@code
   * observedGeneration} only if another field of the status changes too. After a change that brings
   * none, such as another number of workers, it stays behind for ever.
   */
  public KubeRayService settled(Deadlines deadlines) {
    if (isCurrent() || isRefused() || conditions.isEmpty()) {
      return this;
    }
    return specSince.filter(since -> deadlines.isOver(since.plus(LOOKED))).isPresent()
        ? new KubeRayService(
            metadata, metadata.generation(), specSince, endpoints, conditions, active, pending)
        : this;
  }

  /** Whether KubeRay has looked at the newest spec. */
  public boolean isCurrent() {
    return observedGeneration >= metadata.generation();
  }

  public boolean isReady() {
    return isCurrent() && is("Ready");
  }

  /** Whether a cluster answers, whatever is prepared beside it. */
  public boolean isServing() {
    return active.isPresent() && endpoints > 0;
  }

  /** Whether it answers, or did: Serve calls unhealthy only what was healthy before. */
  public boolean cameUp() {
    return isServing()
        || active.stream()
            .flatMap(cluster -> cluster.applications().stream())
            .anyMatch(application -> application.status().equals("UNHEALTHY"));
  }

  /**
   * Whether a second cluster is prepared in which nothing has failed yet, so that waiting may help.
   */
  public boolean isBeingReplaced() {
    return active.isPresent()
        && pending.isPresent()
        && pending.get().applications().stream().noneMatch(Application::isFailing);
  }

  public boolean isRefused() {
    return condition("Ready").filter(c -> c.reason().equals("ValidationFailed")).isPresent();
  }

  /** Those that failed, if KubeRay speaks of the newest spec. */
  public List<Application> failing() {
    return applications().filter(Application::isFailing).toList();
  }

  /** Those whose replicas take longer than they should. */
  public List<Application> waiting() {
    return applications().filter(a -> !a.isFailing() && !a.waiting().isEmpty()).toList();
  }

  /** The Ray cluster that is to serve and of which Serve has not said anything yet. */
  public Optional<Cluster> awaitingApplications() {
    return pending.or(() -> active).filter(cluster -> cluster.applications().isEmpty());
  }

  private Stream<Application> applications() {
    return isCurrent()
        ? Stream.concat(pending.stream(), active.stream())
            .flatMap(cluster -> cluster.applications().stream())
        : Stream.empty();
  }
}
