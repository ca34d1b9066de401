package io.github.rayservice.scaffolder.status.resource;

import java.util.List;

/**
 * A target namespace ({@code v1} {@code Namespace}).
 *
 * @param remaining the conditions that are true while it is being deleted, such as {@code
 *     NamespaceFinalizersRemaining} and {@code NamespaceDeletionDiscoveryFailure}: what is left in
 *     it and why; empty unless it is being deleted
 */
public record NamespaceState(ObjectMetadata metadata, List<StatusCondition> remaining)
    implements WatchedObject {}
