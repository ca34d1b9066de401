package io.github.rayservice.scaffolder.proposal;

/** Is told that Git or a merge request may have changed. */
@FunctionalInterface
public interface DesiredStateListener {
  /** Returns at once; many calls may lead to one look. */
  void wake();
}
