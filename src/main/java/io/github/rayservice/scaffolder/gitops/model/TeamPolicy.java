package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.List;

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
   * @param before what is accepted, and what the change is put on top of; none for a new Ray
   *     Service
   * @param wanted what it leads to
   * @param others of the same team: what is accepted, and what is proposed
   * @throws RuntimeException that says why it must not be
   */
  void check(List<InstanceSummary> before, InstanceSummary wanted, List<Held> others);

  /**
   * Another Ray Service of the team.
   *
   * @param proposed whether it is that of an open proposal
   */
  record Held(RayServiceId id, InstanceSummary summary, boolean proposed) {}
}
