package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/**
 * Which proposals people have merged or closed. Git knows branches only; who knows about merge
 * requests implements this.
 */
@FunctionalInterface
public interface ClosedProposals {
  /**
   * The commit that the Ray Service's newest proposal ended with when it was merged or closed;
   * empty while it is open, and when nothing is known. A branch with another tip is open again.
   */
  Optional<String> closedAt(RayServiceId id);
}
