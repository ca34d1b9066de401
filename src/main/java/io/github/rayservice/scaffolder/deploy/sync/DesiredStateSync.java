package io.github.rayservice.scaffolder.deploy.sync;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.proposal.MergeRequestCache;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.status.Board;
import io.github.rayservice.scaffolder.status.phase.Wanted;
import io.github.rayservice.scaffolder.status.resource.SpecValues;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells the board what Git and GitLab want. */
@ApplicationScoped
public class DesiredStateSync {
  /** How many files are held at a time; a process reads all of them when it starts. */
  private static final int PAGE = 100;

  private final GitopsRepository repository;
  private final Renderer renderer;
  private final MergeRequestCache mergeRequestCache;
  private final Board board;
  private final Clock clock;
  private Map<RayServiceId, Wanted.Accepted> accepted = Map.of();
  private Set<RayServiceId> merged = Set.of();
  private boolean first = true;

  public DesiredStateSync(
      GitopsRepository repository,
      Renderer renderer,
      MergeRequestCache mergeRequestCache,
      Board board,
      Clock clock) {
    this.repository = repository;
    this.renderer = renderer;
    this.mergeRequestCache = mergeRequestCache;
    this.board = board;
    this.clock = clock;
  }

  @Scheduled(
      every = "{scaffolder.status.git-interval}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  public synchronized void synchronise() {
    try {
      // In this order, whatever happens meanwhile is in one of them.
      Set<RayServiceId> open = repository.openProposals().keySet();
      Map<RayServiceId, MergeRequestStatus> known = mergeRequestCache.known();
      invalidateAfterMerges(known);
      accepted = accepted();
      first = false;
      Map<RayServiceId, Wanted> all = new HashMap<>();
      accepted.forEach((id, a) -> all.put(id, new Wanted(Optional.of(a), review(known, id))));
      open.forEach(
          id -> all.computeIfAbsent(id, i -> new Wanted(Optional.empty(), review(known, i))));
      known.forEach((id, mergeRequest) -> all.computeIfAbsent(id, i -> rejected(mergeRequest)));
      all.values().removeIf(wanted -> wanted.equals(Wanted.NOTHING));
      board.gitSays(all);
    } catch (GitopsException e) {
      board.gitIsAway(String.valueOf(e.getMessage()));
    }
  }

  private Map<RayServiceId, Wanted.Accepted> accepted() {
    Instant now = clock.instant();
    Map<RayServiceId, Wanted.Accepted> all = new HashMap<>();
    List<IndexEntry> news = new ArrayList<>();
    for (IndexEntry entry : repository.accepted().services()) {
      Wanted.Accepted known = accepted.get(entry.id());
      if (known != null && known.version().equals(entry.version())) {
        all.put(entry.id(), known);
      } else {
        news.add(entry);
      }
    }
    // What stood there when this process began may have stood there for long.
    Optional<Instant> since = first ? Optional.empty() : Optional.of(now);
    specs(news)
        .forEach((entry, spec) ->
            all.put(entry.id(), new Wanted.Accepted(entry.version(), since, spec)));
    return withCompared(all);
  }

  private Map<IndexEntry, SpecValues> specs(List<IndexEntry> entries) {
    Map<IndexEntry, SpecValues> specs = new HashMap<>();
    for (int from = 0; from < entries.size(); from += PAGE) {
      List<IndexEntry> page = entries.subList(from, Math.min(from + PAGE, entries.size()));
      Iterator<StoredRayService> stored = repository.read(page).iterator();
      page.forEach(entry -> specs.put(entry, spec(entry, stored.next())));
    }
    return specs;
  }

  /** What is no Ray Service, Argo CD and the API server read in their own ways. */
  private SpecValues spec(IndexEntry entry, StoredRayService stored) {
    return entry.summary().isPresent()
        ? SpecValues.of(renderer.readSpec(stored.files().getOrDefault(RenderedFiles.INSTANCE, "")))
        : SpecValues.NONE;
  }

  /**
   * Argo CD may have compared a version before this process saw it, and its next look may be
   * minutes away. What its commit holds tells.
   */
  private Map<RayServiceId, Wanted.Accepted> withCompared(Map<RayServiceId, Wanted.Accepted> all) {
    List<RayServiceId> open = new ArrayList<>();
    all.forEach((id, a) -> {
      if (!a.compared() && a.since().isPresent()) {
        open.add(id);
      }
    });
    Map<RayServiceId, String> commits = board.compared(open);
    if (!commits.isEmpty()) {
      repository
          .treeIdsAt(commits)
          .forEach((id, version) ->
              all.computeIfPresent(id, (i, a) -> a.compared(version.equals(a.version()))));
    }
    return all;
  }

  /** What was just merged is on the branch, wherever this process read it last. */
  private void invalidateAfterMerges(Map<RayServiceId, MergeRequestStatus> known) {
    Set<RayServiceId> now = new HashSet<>();
    known.forEach((id, mergeRequest) -> {
      if (of(mergeRequest).state() == Wanted.Review.State.MERGED) {
        now.add(id);
      }
    });
    if (!merged.containsAll(now)) {
      repository.invalidate();
    }
    merged = now;
  }

  private static Optional<Wanted.Review> review(
      Map<RayServiceId, MergeRequestStatus> known, RayServiceId id) {
    return Optional.ofNullable(known.get(id)).map(DesiredStateSync::of);
  }

  /** One that was merged and stands nowhere is deleted. */
  private static Wanted rejected(MergeRequestStatus mergeRequest) {
    Wanted.Review known = of(mergeRequest);
    return known.state() == Wanted.Review.State.MERGED
        ? Wanted.NOTHING
        : new Wanted(Optional.empty(), Optional.of(known));
  }

  private static Wanted.Review of(MergeRequestStatus mergeRequest) {
    Wanted.Review.State state =
        switch (mergeRequest.state()) {
          case "merged" -> Wanted.Review.State.MERGED;
          case "closed" -> Wanted.Review.State.CLOSED;
          default -> Wanted.Review.State.OPEN;
        };
    return new Wanted.Review(state, mergeRequest.url(), mergeRequest.waitsFor());
  }
}
