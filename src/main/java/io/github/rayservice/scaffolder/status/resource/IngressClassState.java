package io.github.rayservice.scaffolder.status.resource;

/**
 * An IngressClass.
 *
 * @param controller {@code spec.controller}
 */
public record IngressClassState(ObjectMetadata metadata, String controller)
    implements WatchedObject {}
