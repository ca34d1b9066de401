package io.github.rayservice.scaffolder.gitops.model;

/**
 * How an attempt to build on a Ray Service's branch ended without an error.
 *
 * @param <T> what it leads to
 */
public sealed interface Attempt<T> {
  /** It was made. */
  record Made<T>(T value) implements Attempt<T> {}

  /**
   * Nothing was done, because the branch is not where it was checked: another writer has moved,
   * made or removed it since.
   */
  record BranchMoved<T>() implements Attempt<T> {}
}
