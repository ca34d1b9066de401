package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.Optional;

/**
 * A Kubernetes Event of type {@code Warning}.
 *
 * @param kind of the object that it is about
 * @param name of that object, in the Event's namespace
 * @param last when it happened last
 */
public record WarningEvent(
    ObjectMetadata metadata,
    String kind,
    String name,
    String reason,
    String message,
    Optional<Instant> last)
    implements WatchedObject {}
