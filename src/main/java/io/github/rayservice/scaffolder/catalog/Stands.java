package io.github.rayservice.scaffolder.catalog;

import io.github.rayservice.scaffolder.gitops.IndexEntry;
import io.github.rayservice.scaffolder.proposal.Review;
import java.util.Optional;

/**
 * Tells where Ray Services stand. {@link GitStands} knows what Git knows; a bean that knows the
 * cluster as well takes its place.
 */
public interface Stands {
  /**
   * Where one stands now; must not wait for anything.
   *
   * @param accepted whether it stands on the branch that Argo CD follows
   * @param review its open merge request
   */
  Stand of(IndexEntry service, boolean accepted, Optional<Review> review);
}
