package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.RayServiceId;
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
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
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
 * Where every Ray Service stands, by what Git and the cluster showed last. It is rebuilt from those
 * two at every start. Reading it never waits for anything.
 */
@ApplicationScoped
public class StatusStore {
  private static final Set<Phase> OUTSIDE =
      EnumSet.of(Phase.PROPOSED, Phase.REJECTED, Phase.ACCEPTED);

  private final StatusConfig config;
  private final Clock clock;
  private final ClusterCache cluster;
  private final StatusEventLog log;
  private final Map<RayServiceId, DesiredState> wanted = new HashMap<>();
  private final Map<Phase, Integer> phases = new EnumMap<>(Phase.class);
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * How often Git had been read when something of the cluster appeared that Git knows nothing of.
   */
  private final Map<RayServiceId, Integer> newcomers = new HashMap<>();

  private final DueQueue due = new DueQueue();

  private final Instant patienceEnds;

  /**
   * Whether every kind has been read once, or it is known why it cannot be. Before that, every Ray
   * Service would seem to lack what is only read later.
   */
  private volatile boolean settled;

  private SourceState git;
  private int gitReads;
  private ProbeResults asked = ProbeResults.NOTHING;

  public StatusStore(
      StatusConfig config, Clock clock, ExecutorService executor, MeterRegistry meters) {
    this.config = config;
    this.clock = clock;
    SourceState notYet = SourceState.notReadYet(clock.instant());
    this.cluster =
        new ClusterCache(config, config.enabled() ? notYet : new SourceState.NotWatched());
    this.log = new StatusEventLog(executor);
    this.git = notYet;
    this.settled = !config.enabled();
    this.patienceEnds = clock.instant().plus(config.patience());
    for (Phase phase : Phase.values()) {
      Gauge.builder("scaffolder.ray.services", () -> count(phase))
          .description("Ray Services by the phase that they stand in")
          .tag("phase", phase.label())
          .register(meters);
    }
    Gauge.builder("scaffolder.status.followers", log::subscribers)
        .description("Event streams that are open")
        .register(meters);
  }

  private int count(Phase phase) {
    return locked(() -> phases.getOrDefault(phase, 0));
  }

  /** Whether a cluster is watched; without one, only Git and GitLab tell. */
  public boolean watchesCluster() {
    return config.enabled();
  }

  /**
   * Whether what stands here is more than the beginning of a first look at the cluster. That look
   * is never waited for longer than {@link StatusConfig#patience}.
   */
  public boolean hasSynced() {
    return settled;
  }

  /** All Ray Services, by namespace and name, as of one moment. */
  public SortedMap<RayServiceId, RayServiceStatus> current() {
    return log.statuses();
  }

  /** Where one stands; empty when nobody knows anything of it. */
  public Optional<RayServiceStatus> find(RayServiceId id) {
    return Optional.ofNullable(log.statuses().get(id));
  }

  /**
   * Follows all that concerns. A follower may be as slow as he likes; one who has missed too much
   * is told everything anew.
   *
   * @param position of the last event that he has seen; empty, or unknown here, for everything anew
   */
  public Flow.Publisher<StatusEvent> follow(
      Optional<String> position, Predicate<RayServiceId> concerned) {
    return log.after(position, concerned);
  }

  /** What can be read and what cannot, by its name. */
  public Map<String, SourceState> sources() {
    return locked(() -> {
      Map<String, SourceState> sources = new LinkedHashMap<>();
      sources.put(Source.GIT.label(), git);
      for (WatchedKind kind : WatchedKind.values()) {
        sources.put(kind.label(), cluster.store(kind).state());
      }
      return sources;
    });
  }

  /** The commits that Argo CD compared these with last; without those of which it says none. */
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
    return locked(() -> {
      Map<WatchedKind, SourceState> states = new EnumMap<>(WatchedKind.class);
      for (WatchedKind kind : WatchedKind.values()) {
        states.put(kind, cluster.store(kind).state());
      }
      return new PlatformView(
          states, cluster.graph(), cluster.ingressClasses(), cluster.rayClusters());
    });
  }

  /** Why nothing of the cluster can be read; empty when something can. */
  public Optional<String> unavailableReason() {
    return locked(() -> {
      Optional<String> why = Optional.empty();
      for (WatchedKind kind : WatchedKind.values()) {
        switch (cluster.store(kind).state()) {
          case SourceState.Available live -> {
            return Optional.empty();
          }
          case SourceState.NotWatched unwatched -> {}
          case SourceState.Unavailable away -> why = Optional.of(away.why());
        }
      }
      return why;
    });
  }

  /** Whether a pod of a Ray cluster waits for a node. */
  public boolean lacksCapacity() {
    return log.statuses().values().stream()
        .flatMap(status -> status.diagnosis().stream())
        .anyMatch(finding -> finding.problem().isLackOfCapacity());
  }

  /** How much of the cluster is free, in words; empty when nobody knows. */
  public void capacity(Optional<String> free) {
    change(() -> {
      asked = new ProbeResults(free, asked.unresolvedHosts());
      return log.statuses().values().stream()
          .filter(s -> s.diagnosis().stream().anyMatch(f -> f.problem().isLackOfCapacity()))
          .map(RayServiceStatus::id)
          .toList();
    });
  }

  /** The hosts of all endpoints. */
  public Set<String> hosts() {
    return locked(cluster::hosts);
  }

  /** Which of the hosts have no address, and what the resolver says of each. */
  public void unresolvedHosts(Map<String, String> lost) {
    change(() -> {
      boolean same = asked.unresolvedHosts().equals(lost);
      asked = new ProbeResults(asked.capacity(), Map.copyOf(lost));
      return same ? Set.of() : allIds();
    });
  }

  /** All that Git and GitLab know now; what is missing is gone from there. */
  public void desired(Map<RayServiceId, DesiredState> all) {
    change(() -> {
      Set<RayServiceId> concerned = new HashSet<>(wanted.keySet());
      boolean wasAway = !(git instanceof SourceState.Available);
      git = new SourceState.Available();
      gitReads++;
      concerned.addAll(all.keySet());
      concerned.removeIf(id -> !wasAway && equal(all, id));
      if (wasAway) {
        concerned.addAll(cluster.ids());
      }
      wanted.clear();
      wanted.putAll(all);
      concerned.addAll(List.copyOf(newcomers.keySet()));
      return concerned;
    });
  }

  private boolean equal(Map<RayServiceId, DesiredState> all, RayServiceId id) {
    return Optional.ofNullable(wanted.get(id)).equals(Optional.ofNullable(all.get(id)));
  }

  /** Git or GitLab cannot be read; what they said last is kept. */
  public void desiredUnavailable(String why) {
    change(() -> {
      git = unavailable(git, new ClusterError(SourceState.Cause.UNREACHABLE, why));
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
    changeState(kind, new SourceState.Available());
  }

  /** Says that a kind cannot be read; since when is what was said first. */
  public void markUnavailable(WatchedKind kind, ClusterError error) {
    changeState(kind, locked(() -> unavailable(cluster.store(kind).state(), error)));
  }

  private SourceState unavailable(SourceState before, ClusterError error) {
    Instant since =
        before instanceof SourceState.Unavailable already ? already.since() : clock.instant();
    return new SourceState.Unavailable(error.cause(), error.message(), since);
  }

  private void changeState(WatchedKind kind, SourceState state) {
    change(() -> {
      ResourceStore<?> shelf = cluster.store(kind);
      if (shelf.state().equals(state)) {
        return Set.of();
      }
      shelf.state(state);
      return allIds();
    });
  }

  /** Derives again what may have changed by time alone. */
  public void reevaluateDue() {
    change(() -> due.poll(clock.instant()));
  }

  private Set<RayServiceId> allIds() {
    Set<RayServiceId> everybody = new HashSet<>(wanted.keySet());
    everybody.addAll(cluster.ids());
    everybody.addAll(log.statuses().keySet());
    return everybody;
  }

  private void change(Supplier<Collection<RayServiceId>> change) {
    lock.lock();
    try {
      Collection<RayServiceId> concerned = change.get();
      if (settled) {
        concerned.forEach(this::reconcile);
      } else if (isInitialSyncOver()) {
        settled = true;
        allIds().forEach(this::reconcile);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isInitialSyncOver() {
    boolean tried = true;
    for (WatchedKind kind : WatchedKind.values()) {
      tried &= cluster.store(kind).state().isTried();
    }
    return tried || clock.instant().isAfter(patienceEnds);
  }

  private <T> T locked(Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }

  private void reconcile(RayServiceId id) {
    Optional<RayServiceStatus> before = find(id);
    due.put(id, Optional.empty());
    DesiredState desired = wanted.getOrDefault(id, DesiredState.NOTHING);
    Observation observation = cluster.observe(id, git.observe(new Observed.Present<>(desired)));
    if (!observation.isInCluster() && !wanted.containsKey(id)) {
      newcomers.remove(id);
      before.ifPresent(b -> {
        log.remove(id);
        phases.merge(b.phaseStatus().phase(), -1, Integer::sum);
      });
      return;
    }
    if (before.map(StatusStore::isOutside).orElse(true) && isNewcomer(observation)) {
      return;
    }
    newcomers.remove(id);
    StatusDerivation.Derived derived =
        StatusDerivation.derive(
            observation, cluster.contextOf(observation, asked), before, clock.instant(), config);
    due.put(id, derived.requeueAt());
    RayServiceStatus status = derived.status();
    if (before.filter(status::saysTheSame).isPresent()) {
      return;
    }
    log.put(status);
    before.ifPresent(b -> phases.merge(b.phaseStatus().phase(), -1, Integer::sum));
    phases.merge(status.phaseStatus().phase(), 1, Integer::sum);
  }

  /**
   * Argo CD may know of a commit before this process does; what it brings is not taken for a
   * leftover until Git has been read from beginning to end since.
   */
  private boolean isNewcomer(Observation seen) {
    return seen.isTracked()
        && !seen.isAccepted()
        && git instanceof SourceState.Available
        && gitReads < newcomers.computeIfAbsent(seen.id(), id -> gitReads) + 2;
  }

  /** Whether the cluster had nothing of it until now. */
  private static boolean isOutside(RayServiceStatus before) {
    return OUTSIDE.contains(before.phaseStatus().phase());
  }
}
