package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.Optional;

/**
 * A Kubernetes Event of type {@code Warning}.
 *
 * @param name of the object that it is about, in the Event's namespace
 * @param last when it happened last
 */
public record WarningEvent(
    ObjectMetadata metadata, String name, String reason, String message, Optional<Instant> last)
    implements WatchedObject {}
