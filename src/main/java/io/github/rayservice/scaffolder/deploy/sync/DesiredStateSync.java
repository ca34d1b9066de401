package io.github.rayservice.scaffolder.deploy.sync;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.proposal.DesiredStateListener;
import io.github.rayservice.scaffolder.proposal.MergeRequestCache;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * Brings what Git and merge requests want into the status. Every commit, webhook, notification of
 * Argo CD and poll ends in {@link #wake()}; the timer is only the safety net.
 */
@ApplicationScoped
public class DesiredStateSync implements DesiredStateListener {
  private static final Logger LOG = Logger.getLogger(DesiredStateSync.class);

  /** How many files are held at a time; a process reads all of them when it starts. */
  private static final int PAGE = 100;

  /** How long a stop waits for a run: half of what Kubernetes gives to a stop. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final GitopsRepository repository;
  private final Renderer renderer;
  private final MergeRequestCache mergeRequestCache;
  private final StatusStore statusStore;
  private final Clock clock;
  private final Executor executor;
  private final Executor soon;

  /** Whether a read of the branch will cover the hints that come from now on. */
  private final AtomicBoolean due = new AtomicBoolean();

  /** Calls of {@link #wake()} that no run has covered yet. */
  private final AtomicInteger pending = new AtomicInteger();

  private final ReentrantLock running = new ReentrantLock();
  private volatile boolean stopped;
  private Map<RayServiceId, DesiredState.Accepted> accepted = Map.of();
  private boolean first = true;

  public DesiredStateSync(
      GitopsRepository repository,
      Renderer renderer,
      MergeRequestCache mergeRequestCache,
      StatusStore statusStore,
      Clock clock,
      ExecutorService executor) {
    this.repository = repository;
    this.renderer = renderer;
    this.mergeRequestCache = mergeRequestCache;
    this.statusStore = statusStore;
    this.clock = clock;
    this.executor = executor;
    this.soon = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, executor);
  }

  void start(@Observes StartupEvent start) {
    wake();
  }

  /**
   * Waits for a run that is under way: without its beans it would open the repository once more,
   * and an embedded one is locked for as long as it is open. One that hangs is left behind.
   */
  void stop(@Observes ShutdownEvent stop) {
    stopped = true;
    try {
      if (running.tryLock(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        running.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Scheduled(every = "{scaffolder.status.git-interval}")
  void tick() {
    wake();
  }

  /** One run at a time. A call during a run leads to another run, however many there are. */
  @Override
  public void wake() {
    if (pending.getAndIncrement() == 0) {
      executor.execute(this::run);
    }
  }

  /**
   * Reads the branch again after a second: Argo CD notifies of each Application of a commit, and
   * one fetch covers them.
   */
  public void readAgainSoon() {
    if (!due.getAndSet(true)) {
      soon.execute(() -> {
        due.set(false);
        if (!stopped) {
          repository.invalidate();
          wake();
        }
      });
    }
  }

  private void run() {
    int covered;
    do {
      covered = pending.get();
      if (stopped) {
        return;
      }
      try {
        synchronise();
      } catch (RuntimeException e) {
        if (stopped) {
          LOG.debug("stopped while Git was being read", e);
          return;
        }
        LOG.error("cannot bring Git and merge requests into the status", e);
        statusStore.desiredUnavailable(String.valueOf(e.getMessage()));
      }
    } while (pending.addAndGet(-covered) != 0);
  }

  /** Reads Git and what GitLab said last, now. */
  void synchronise() {
    running.lock();
    try {
      // In this order, whatever happens meanwhile is in one of them.
      Set<RayServiceId> open = repository.openProposals().keySet();
      Map<RayServiceId, MergeRequestStatus> known = mergeRequestCache.known();
      accepted = accepted();
      first = false;
      Map<RayServiceId, DesiredState> all = new HashMap<>();
      accepted.forEach((id, a) ->
          all.put(
              id,
              DesiredStateMapping.of(
                  Optional.of(a), Optional.ofNullable(known.get(id)), open.contains(id))));
      open.forEach(id ->
          all.computeIfAbsent(
              id,
              i ->
                  DesiredStateMapping.of(
                      Optional.empty(), Optional.ofNullable(known.get(i)), true)));
      known.forEach((id, mergeRequest) -> all.computeIfAbsent(id, i -> rejected(mergeRequest)));
      all.values().removeIf(desired -> desired.equals(DesiredState.NOTHING));
      statusStore.desired(all);
    } catch (GitopsException e) {
      statusStore.desiredUnavailable(String.valueOf(e.getMessage()));
    } finally {
      running.unlock();
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
    // A version that was there when this process began may be old.
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

  /** One that was merged, and that Git does not have, is deleted. */
  private static DesiredState rejected(MergeRequestStatus newest) {
    return newest.wasMerged()
        ? DesiredState.NOTHING
        : DesiredStateMapping.of(Optional.empty(), Optional.of(newest), false);
  }
}
