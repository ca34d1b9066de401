package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/** The refs of the GitOps repository that this service owns. */
public final class RefNames {
  /** Short names of proposals' branches begin like this; the Ray Service's identity follows. */
  public static final String PROPOSALS = "rayservice/";

  /**
   * Every pushed proposal moves this ref, which orders all writers. It remembers Idempotency-Keys
   * and the tips that this service wrote. It is outside refs/heads: neither Argo CD nor a clone
   * reads it.
   */
  public static final String REQUESTS = "refs/rayservice/requests";

  private RefNames() {}

  /** Short name of the branch that proposes changes of a Ray Service. */
  public static String proposalBranch(RayServiceId id) {
    return PROPOSALS + id;
  }

  /** The Ray Service whose proposals go to a branch; empty for a branch of another kind. */
  public static Optional<RayServiceId> proposalOf(String branch) {
    if (!branch.startsWith(PROPOSALS)) {
      return Optional.empty();
    }
    String[] parts = branch.substring(PROPOSALS.length()).split("/", -1);
    return parts.length == 2 ? RayServiceId.of(parts[0], parts[1]) : Optional.empty();
  }
}
