package io.github.rayservice.scaffolder.status.resource;

/** What was read of a Kubernetes object. */
public interface Stamped {
  /** Which object it is, and in which state. */
  Stamp stamp();
}
