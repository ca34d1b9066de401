package io.github.rayservice.scaffolder.status.resource;

/** What was read of a Kubernetes object. */
public interface WatchedObject {
  /** Which object it is, and in which state. */
  ObjectMetadata metadata();
}
