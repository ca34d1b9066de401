package io.github.rayservice.scaffolder.catalog;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Tells where Ray Services stand: by the board, or by Git until the board has heard of one. */
@ApplicationScoped
class Stands {
  private final StatusStore statusStore;

  Stands(StatusStore statusStore) {
    this.statusStore = statusStore;
  }

  /**
   * Where one stands now; waits for nothing.
   *
   * @param accepted whether it stands on the branch that Argo CD follows
   * @param review its open merge request
   */
  Stand of(RayServiceId id, boolean accepted, Optional<MergeRequestStatus> review) {
    return statusStore
        .find(id)
        .map(status -> of(status.phaseStatus()))
        .orElseGet(() -> byGit(accepted, review));
  }

  private static Stand of(PhaseStatus phaseStatus) {
    return new Stand(
        phaseStatus.phase().label(), Optional.of(phaseStatus.reason()), phaseStatus.message());
  }

  private static Stand byGit(boolean accepted, Optional<MergeRequestStatus> review) {
    Optional<String> waitsFor =
        review.map(
            r -> "merge request !%d %s".formatted(r.number(), r.waitsFor().orElse("is open")));
    return accepted
        ? new Stand("Accepted", Optional.empty(), waitsFor.orElse("it stands in Git"))
        : new Stand("Proposed", Optional.empty(), waitsFor.orElse("it is proposed"));
  }
}
