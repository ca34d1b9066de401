package io.github.rayservice.scaffolder.status.resource;

/**
 * An IngressClass.
 *
 * @param controller {@code spec.controller}
 */
public record IngressClassState(Stamp stamp, String controller) implements Stamped {}
