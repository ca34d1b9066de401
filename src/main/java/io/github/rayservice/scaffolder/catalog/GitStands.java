package io.github.rayservice.scaffolder.catalog;

import io.github.rayservice.scaffolder.gitops.IndexEntry;
import io.github.rayservice.scaffolder.proposal.Review;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** What Git and the merge request know. */
@DefaultBean
@ApplicationScoped
class GitStands implements Stands {
  @Override
  public Stand of(IndexEntry service, boolean accepted, Optional<Review> review) {
    Optional<String> waitsFor =
        review.map(
            r -> "merge request !%d %s".formatted(r.number(), r.waitsFor().orElse("is open")));
    return accepted
        ? new Stand("Accepted", Optional.empty(), waitsFor.orElse("it stands in Git"))
        : new Stand("Proposed", Optional.empty(), waitsFor.orElse("it is proposed"));
  }
}
