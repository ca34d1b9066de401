package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/**
 * What became of proposals, as far as it is known. Git knows branches only; who knows about merge
 * requests implements this.
 */
@FunctionalInterface
public interface ProposalStates {
  /**
   * The commit that the Ray Service's newest proposal ended with when it was merged or closed;
   * empty while it is open, and when nothing is known. A branch with another tip is open again.
   */
  Optional<String> closedAt(RayServiceId id);

  /** Whether the Ray Service has an open merge request; false when nothing is known. */
  default boolean isOpen(RayServiceId id) {
    return false;
  }

  /**
   * Whether it is known that the Ray Service has no open merge request, and that nothing of this
   * service will open one; false when nothing is known.
   *
   * @param commit the newest of its branch, full name
   */
  default boolean isAlone(RayServiceId id, String commit) {
    return false;
  }
}
