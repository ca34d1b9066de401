package io.github.rayservice.scaffolder.status;

/**
 * An IngressClass.
 *
 * @param controller {@code spec.controller}
 */
record IngressClassState(Stamp stamp, String controller) implements Stamped {}
