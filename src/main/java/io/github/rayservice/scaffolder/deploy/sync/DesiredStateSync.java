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
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
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
  private final StatusStore statusStore;
  private final Clock clock;
  private Map<RayServiceId, DesiredState.Accepted> accepted = Map.of();
  private Set<RayServiceId> merged = Set.of();
  private boolean first = true;

  public DesiredStateSync(
      GitopsRepository repository,
      Renderer renderer,
      MergeRequestCache mergeRequestCache,
      StatusStore statusStore,
      Clock clock) {
    this.repository = repository;
    this.renderer = renderer;
    this.mergeRequestCache = mergeRequestCache;
    this.statusStore = statusStore;
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
      Map<RayServiceId, DesiredState> all = new HashMap<>();
      accepted.forEach((id, a) -> all.put(id, new DesiredState(Optional.of(a), review(known, id))));
      open.forEach(
          id -> all.computeIfAbsent(id, i -> new DesiredState(Optional.empty(), review(known, i))));
      known.forEach((id, mergeRequest) -> all.computeIfAbsent(id, i -> rejected(mergeRequest)));
      all.values().removeIf(desired -> desired.equals(DesiredState.NOTHING));
      statusStore.desired(all);
    } catch (GitopsException e) {
      statusStore.desiredUnavailable(String.valueOf(e.getMessage()));
    }
  }

  private Map<RayServiceId, DesiredState.Accepted> accepted() {
    Instant now = clock.instant();
    Map<RayServiceId, DesiredState.Accepted> all = new HashMap<>();
    List<IndexEntry> news = new ArrayList<>();
    for (IndexEntry entry : repository.accepted().services()) {
      DesiredState.Accepted known = accepted.get(entry.id());
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
            all.put(entry.id(), new DesiredState.Accepted(entry.version(), since, spec)));
    return withCompared(all);
  }

  private Map<IndexEntry, SpecFingerprint> specs(List<IndexEntry> entries) {
    Map<IndexEntry, SpecFingerprint> specs = new HashMap<>();
    for (int from = 0; from < entries.size(); from += PAGE) {
      List<IndexEntry> page = entries.subList(from, Math.min(from + PAGE, entries.size()));
      Iterator<StoredRayService> stored = repository.read(page).iterator();
      page.forEach(entry -> specs.put(entry, spec(entry, stored.next())));
    }
    return specs;
  }

  /** What is no Ray Service, Argo CD and the API server read in their own ways. */
  private SpecFingerprint spec(IndexEntry entry, StoredRayService stored) {
    return entry.summary().isPresent()
        ? SpecFingerprint.of(
            renderer.readSpec(stored.files().getOrDefault(RenderedFiles.INSTANCE, "")))
        : SpecFingerprint.NONE;
  }

  /**
   * Argo CD may have compared a version before this process saw it, and its next look may be
   * minutes away. What its commit holds tells.
   */
  private Map<RayServiceId, DesiredState.Accepted> withCompared(
      Map<RayServiceId, DesiredState.Accepted> all) {
    List<RayServiceId> open = new ArrayList<>();
    all.forEach((id, a) -> {
      if (!a.compared() && a.since().isPresent()) {
        open.add(id);
      }
    });
    Map<RayServiceId, String> commits = statusStore.compared(open);
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
      if (of(mergeRequest).state() == DesiredState.MergeRequest.State.MERGED) {
        now.add(id);
      }
    });
    if (!merged.containsAll(now)) {
      repository.invalidate();
    }
    merged = now;
  }

  private static Optional<DesiredState.MergeRequest> review(
      Map<RayServiceId, MergeRequestStatus> known, RayServiceId id) {
    return Optional.ofNullable(known.get(id)).map(DesiredStateSync::of);
  }

  /** One that was merged and stands nowhere is deleted. */
  private static DesiredState rejected(MergeRequestStatus mergeRequest) {
    DesiredState.MergeRequest known = of(mergeRequest);
    return known.state() == DesiredState.MergeRequest.State.MERGED
        ? DesiredState.NOTHING
        : new DesiredState(Optional.empty(), Optional.of(known));
  }

  private static DesiredState.MergeRequest of(MergeRequestStatus mergeRequest) {
    DesiredState.MergeRequest.State state =
        mergeRequest.wasMerged()
            ? DesiredState.MergeRequest.State.MERGED
            : mergeRequest.wasClosed()
                ? DesiredState.MergeRequest.State.CLOSED
                : DesiredState.MergeRequest.State.OPEN;
    return new DesiredState.MergeRequest(state, mergeRequest.url(), mergeRequest.waitsFor());
  }
}
