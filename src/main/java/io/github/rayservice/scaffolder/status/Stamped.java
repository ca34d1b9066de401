package io.github.rayservice.scaffolder.status;

/** What was read of a Kubernetes object. */
interface Stamped {
  /** Which object it is, and in which state. */
  Stamp stamp();
}
