package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.StatusDerivation.Derived;
import io.github.rayservice.scaffolder.status.diagnosis.ProbeResults;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.Source;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The status of every Ray Service, by what Git and the cluster showed last. It is rebuilt from
 * those two at every start. Reading it never waits for them.
 */
@ApplicationScoped
public class StatusStore {
  private static final Set<Phase> NOT_IN_CLUSTER =
      EnumSet.of(Phase.PROPOSED, Phase.REJECTED, Phase.ACCEPTED);

  private final StatusConfig config;
  private final Clock clock;
  private final InitialSync initialSync;
  private final StatusEventLog log;
  private final StatusMetrics metrics;

  /** Guards all that follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final DesiredStates desired;
  private final ClusterCache cluster;
  private final DueQueue due = new DueQueue();
  private ProbeResults probes = ProbeResults.NOTHING;

  public StatusStore(
      StatusConfig config, Clock clock, ExecutorService executor, MeterRegistry meters) {
    Instant now = clock.instant();
    SourceState notReadYet = SourceState.notReadYet(now);
    this.config = config;
    this.clock = clock;
    this.desired = new DesiredStates(notReadYet);
    this.cluster =
        new ClusterCache(config, config.enabled() ? notReadYet : new SourceState.NotWatched());
    this.initialSync = new InitialSync(!config.enabled(), now.plus(config.patience()));
    this.log = new StatusEventLog(executor);
    this.metrics = new StatusMetrics(log, meters);
  }

  @PreDestroy
  void close() {
    metrics.close();
  }

  /** Whether a cluster is watched; without one, only Git and GitLab tell. */
  public boolean watchesCluster() {
    return config.enabled();
  }

  /**
   * True after the initial sync: every kind was listed once, or is known to be unavailable, or
   * {@link StatusConfig#patience} is over.
   */
  public boolean hasSynced() {
    return initialSync.isOver();
  }

  /** All Ray Services, by namespace and name, as of one moment. */
  public SortedMap<RayServiceId, RayServiceStatus> current() {
    return log.statuses();
  }

  /** The status of one; empty when neither Git nor the cluster has anything of it. */
  public Optional<RayServiceStatus> find(RayServiceId id) {
    return Optional.ofNullable(log.statuses().get(id));
  }

  /**
   * The status of one of which the caller has just read the desired state. If the stored status is
   * of an older one, or there is none, the status is derived from that desired state and from what
   * the cluster shows. Nothing is stored and no subscriber is told.
   */
  public RayServiceStatus statusOf(RayServiceId id, DesiredState known) {
    Optional<RayServiceStatus> stored = find(id);
    return stored
        .filter(status -> status.desired().agreesWith(known))
        .orElseGet(() ->
            locked(() -> {
              // Argo CD has certainly not compared what is newer than the stored status.
              DesiredState wanted =
                  stored.isPresent() ? known.acceptedSince(clock.instant()) : known;
              Observed<DesiredState> git = new Observed.Present<>(wanted);
              Observation observation = cluster.observe(id, git);
              // Argo CD may be ahead of Git; to call that a deletion would be too early.
              boolean isAheadOfGit = observation.isTracked() && !observation.isAccepted();
              return derive(isAheadOfGit ? Observation.ofGit(id, git) : observation, stored)
                  .status();
            }));
  }

  /**
   * Publishes all changes of some Ray Services. A subscriber may be slow; one that missed too much
   * is told everything again.
   *
   * @param position of the last event that the subscriber has seen; if it is empty or unknown here,
   *     everything is told
   */
  public Flow.Publisher<StatusEvent> follow(
      Optional<String> position, Predicate<RayServiceId> concerned) {
    return log.after(position, concerned);
  }

  /** Whether each source can be read, by its name. */
  public Map<String, SourceState> sources() {
    return locked(() -> {
      Map<String, SourceState> sources = new LinkedHashMap<>();
      sources.put(Source.GIT.label(), desired.source());
      cluster.states().forEach((kind, state) -> sources.put(kind.label(), state));
      return sources;
    });
  }

  /** The commits that Argo CD compared these with last; without those that it did not compare. */
  public Map<RayServiceId, String> compared(Collection<RayServiceId> ids) {
    return locked(() -> {
      Map<RayServiceId, String> commits = new HashMap<>();
      for (RayServiceId id : ids) {
        cluster.revision(id).ifPresent(commit -> commits.put(id, commit));
      }
      return commits;
    });
  }

  /** What the watches show of the platform itself. */
  public PlatformView platform() {
    return locked(() ->
        new PlatformView(
            cluster.states(), cluster.graph(), cluster.ingressClasses(), cluster.rayClusters()));
  }

  /** Why nothing of the cluster can be read; empty when something can. */
  public Optional<String> unavailableReason() {
    Optional<String> why = Optional.empty();
    for (SourceState state : locked(cluster::states).values()) {
      switch (state) {
        case SourceState.Available available -> {
          return Optional.empty();
        }
        case SourceState.NotWatched notWatched -> {}
        case SourceState.Unavailable unavailable -> why = Optional.of(unavailable.why());
      }
    }
    return why;
  }

  /** Whether a pod of a Ray cluster waits for a node. */
  public boolean lacksCapacity() {
    return log.statuses().values().stream().anyMatch(RayServiceStatus::lacksCapacity);
  }

  /** Takes how much of the cluster is free, in words; empty when that is not known. */
  public void capacity(Optional<String> free) {
    change(() -> {
      probes = probes.withCapacity(free);
      return log.statuses().values().stream()
          .filter(RayServiceStatus::lacksCapacity)
          .map(RayServiceStatus::id)
          .toList();
    });
  }

  /** The hosts of all endpoints. */
  public Set<String> hosts() {
    return locked(cluster::hosts);
  }

  /** Takes which of the hosts have no address, and what the resolver says of each. */
  public void unresolvedHosts(Map<String, String> hosts) {
    change(() -> {
      boolean isSame = probes.unresolvedHosts().equals(hosts);
      probes = probes.withUnresolvedHosts(hosts);
      return isSame ? Set.of() : allIds();
    });
  }

  /** Takes all that Git and GitLab have now; what is missing has been removed there. */
  public void desired(Map<RayServiceId, DesiredState> all) {
    change(() -> {
      boolean wasAvailable = desired.isAvailable();
      Set<RayServiceId> concerned = desired.replace(all);
      if (!wasAvailable) {
        concerned.addAll(cluster.ids());
      }
      return concerned;
    });
  }

  /** Notes that Git or GitLab cannot be read; what they said last is kept. */
  public void desiredUnavailable(String why) {
    change(() -> {
      desired.markUnavailable(
          new ClusterError(SourceState.Cause.UNREACHABLE, why), clock.instant());
      return allIds();
    });
  }

  /** Which state of an object is known. */
  public Optional<ObjectMetadata> metadata(WatchedKind kind, String namespace, String name) {
    return locked(() -> cluster.store(kind).metadata(namespace, name));
  }

  /** Which objects of a kind are known, in which state. */
  public List<ObjectMetadata> allMetadata(WatchedKind kind) {
    return locked(() -> cluster.store(kind).allMetadata());
  }

  public void apply(WatchedKind kind, GenericKubernetesResource object) {
    change(() -> cluster.put(kind, object));
  }

  public void delete(WatchedKind kind, GenericKubernetesResource object) {
    change(() -> cluster.remove(kind, object));
  }

  public void markAvailable(WatchedKind kind) {
    change(() -> changeState(kind, new SourceState.Available()));
  }

  /** Notes that a kind cannot be read, since the first of the errors in a row. */
  public void markUnavailable(WatchedKind kind, ClusterError error) {
    change(
        () -> changeState(kind, cluster.store(kind).state().unavailable(error, clock.instant())));
  }

  private Set<RayServiceId> changeState(WatchedKind kind, SourceState state) {
    if (cluster.store(kind).state().equals(state)) {
      return Set.of();
    }
    cluster.store(kind).state(state);
    return allIds();
  }

  /** Derives again what may have changed by time alone. */
  public void reevaluateDue() {
    change(() -> due.poll(clock.instant()));
  }

  private Set<RayServiceId> allIds() {
    Set<RayServiceId> ids = new HashSet<>(desired.ids());
    ids.addAll(cluster.ids());
    ids.addAll(log.statuses().keySet());
    return ids;
  }

  private void change(Supplier<Collection<RayServiceId>> change) {
    locked(() -> {
      Collection<RayServiceId> concerned = change.get();
      if (initialSync.isOver()) {
        concerned.forEach(this::reconcile);
      } else if (initialSync.canEnd(cluster.states().values(), clock.instant())) {
        allIds().forEach(this::reconcile);
        initialSync.end();
      }
      return concerned;
    });
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private void reconcile(RayServiceId id) {
    Optional<RayServiceStatus> before = find(id);
    Observation observation = cluster.observe(id, desired.observed(id));
    due.put(id, Optional.empty());
    if (!observation.isInCluster() && !desired.contains(id)) {
      desired.forgetWait(id);
      if (before.isPresent()) {
        log.remove(id);
        metrics.changed(before, Optional.empty());
      }
      return;
    }
    boolean isNew = before.map(b -> NOT_IN_CLUSTER.contains(b.phaseStatus().phase())).orElse(true);
    if (isNew && desired.isAheadOfGit(observation)) {
      return;
    }
    desired.forgetWait(id);
    Derived derived = derive(observation, before);
    due.put(id, derived.requeueAt());
    if (before.isEmpty() || !before.get().saysTheSame(derived.status())) {
      log.put(derived.status());
      metrics.changed(before, Optional.of(derived.status()));
    }
  }

  private Derived derive(Observation observation, Optional<RayServiceStatus> previous) {
    return StatusDerivation.derive(
        observation, cluster.contextOf(observation, probes), previous, clock.instant(), config);
  }
}
