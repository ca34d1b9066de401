package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;

/**
 * Reads what the index keeps from a file in Git. Git knows files only; who knows the form
 * implements this.
 */
@FunctionalInterface
public interface InstanceSummaryReader {
  /** The file of a Ray Service's directory that is read. */
  String FILE = "rayservice.yaml";

  /**
   * Reads {@link #FILE}.
   *
   * @param id its directory
   * @throws UnreadableException when people have made something else of it
   */
  InstanceSummary read(RayServiceId id, String text);

  /** The file is no Ray Service; the message says why. */
  final class UnreadableException extends RuntimeException {
    public UnreadableException(String message) {
      super(message);
    }
  }
}
