package io.github.rayservice.scaffolder.status.resource;

import java.util.List;

/**
 * A KubeRay RayCluster ({@code ray.io/v1}).
 *
 * @param desiredWorkers {@code status.desiredWorkerReplicas}
 * @param availableWorkers {@code status.availableWorkerReplicas}
 * @param operatorVersion KubeRay's, from the annotation {@code ray.io/kuberay-version}; may be
 *     empty
 */
public record RayClusterState(
    ObjectMetadata metadata,
    int desiredWorkers,
    int availableWorkers,
    String operatorVersion,
    List<StatusCondition> conditions)
    implements WatchedObject {}
