package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsException;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.IndexEntry;
import io.github.rayservice.scaffolder.proposal.Review;
import io.github.rayservice.scaffolder.proposal.Reviews;
import io.github.rayservice.scaffolder.status.Board;
import io.github.rayservice.scaffolder.status.Wanted;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tells the board what Git and GitLab want. */
@ApplicationScoped
class WantedFeed {
  private final GitopsRepository repository;
  private final Reviews reviews;
  private final Board board;
  private final Clock clock;
  private Map<RayServiceId, Wanted.Accepted> accepted = Map.of();
  private boolean first = true;

  WantedFeed(GitopsRepository repository, Reviews reviews, Board board, Clock clock) {
    this.repository = repository;
    this.reviews = reviews;
    this.board = board;
    this.clock = clock;
  }

  @Scheduled(
      every = "{scaffolder.status.git-interval}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  synchronized void feed() {
    try {
      accepted = accepted();
      first = false;
      Map<RayServiceId, Wanted> all = new HashMap<>();
      accepted.forEach((id, a) -> all.put(id, new Wanted(Optional.of(a), review(id))));
      repository
          .openProposals()
          .keySet()
          .forEach(id -> all.computeIfAbsent(id, i -> new Wanted(Optional.empty(), review(i))));
      reviews.known().forEach((id, review) -> all.computeIfAbsent(id, i -> turnedDown(review)));
      all.values().removeIf(wanted -> wanted.equals(Wanted.NOTHING));
      board.gitSays(all);
    } catch (GitopsException e) {
      board.gitIsAway(String.valueOf(e.getMessage()));
    }
  }

  private Map<RayServiceId, Wanted.Accepted> accepted() {
    Instant now = clock.instant();
    Map<RayServiceId, Wanted.Accepted> all = new HashMap<>();
    for (IndexEntry entry : repository.snapshot().services()) {
      Wanted.Accepted known = accepted.get(entry.id());
      all.put(
          entry.id(),
          known != null && known.version().equals(entry.version())
              ? known
              // What stood there when this process began may have stood there for long.
              : new Wanted.Accepted(entry.version(), first ? Optional.empty() : Optional.of(now)));
    }
    return all;
  }

  private Optional<Wanted.Review> review(RayServiceId id) {
    return Optional.ofNullable(reviews.known().get(id)).map(WantedFeed::of);
  }

  /** One that was merged and stands nowhere is deleted. */
  private static Wanted turnedDown(Review review) {
    Wanted.Review known = of(review);
    return known.state() == Wanted.Review.State.MERGED
        ? Wanted.NOTHING
        : new Wanted(Optional.empty(), Optional.of(known));
  }

  private static Wanted.Review of(Review review) {
    Wanted.Review.State state =
        switch (review.state()) {
          case "merged" -> Wanted.Review.State.MERGED;
          case "closed" -> Wanted.Review.State.CLOSED;
          default -> Wanted.Review.State.OPEN;
        };
    return new Wanted.Review(state, review.url(), review.waitsFor());
  }
}
