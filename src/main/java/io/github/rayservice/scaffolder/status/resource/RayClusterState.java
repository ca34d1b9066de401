package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A KubeRay RayCluster ({@code ray.io/v1}).
 *
 * @param desiredWorkers {@code status.desiredWorkerReplicas}
 * @param availableWorkers {@code status.availableWorkerReplicas}
 * @param workerCpus what Ray counts as the CPUs of each worker: the limit of the first worker
 *     group, else its request, rounded up; 0 when it has neither
 * @param operatorVersion KubeRay's, from the annotation {@code ray.io/kuberay-version}; may be
 *     empty
 */
public record RayClusterState(
    ObjectMetadata metadata,
    int desiredWorkers,
    int availableWorkers,
    int workerCpus,
    String operatorVersion,
    List<StatusCondition> conditions)
    implements WatchedObject {
  /** Since when its head is ready, {@code HeadPodReady}; empty while it is not. */
  public Optional<Instant> headReadySince() {
    return StatusCondition.find(conditions, "HeadPodReady")
        .filter(StatusCondition::isTrue)
        .flatMap(StatusCondition::since);
  }
}
