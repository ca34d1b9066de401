package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.List;
import java.util.Optional;

/**
 * What the platform says of a Ray Service beside all others of its team. It is asked with what Git
 * has at the moment of the commit.
 */
@FunctionalInterface
public interface TeamPolicy {
  /** Any Ray Service may be beside any other. */
  TeamPolicy NONE = (before, wanted, others) -> {};

  /**
   * Checks what a change leads to.
   *
   * @param before what the change is put on top of; empty for a new Ray Service
   * @param wanted what it leads to
   * @param others of the same team: what is accepted, and what is proposed
   * @throws RuntimeException that says why it must not be
   */
  void check(Optional<InstanceSummary> before, InstanceSummary wanted, List<Held> others);

  /**
   * Another Ray Service of the team.
   *
   * @param proposed whether it is that of an open proposal
   */
  record Held(RayServiceId id, InstanceSummary summary, boolean proposed) {}
}
