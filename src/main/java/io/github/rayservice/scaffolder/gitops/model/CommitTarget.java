package io.github.rayservice.scaffolder.gitops.model;

import java.util.Optional;

/** Where changes go. Git knows refs only; who knows about merge requests implements this. */
public interface CommitTarget {
  /** The repository on a Git server; empty for the embedded one. */
  Optional<Remote> remote();

  /**
   * Whether each Ray Service's changes go to a branch of its own, for people to accept, instead of
   * the branch that Argo CD follows.
   */
  boolean proposes();
}
