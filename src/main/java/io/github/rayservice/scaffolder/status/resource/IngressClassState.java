package io.github.rayservice.scaffolder.status.resource;

/** An IngressClass. Only its name is looked at. */
public record IngressClassState(ObjectMetadata metadata) implements WatchedObject {}
