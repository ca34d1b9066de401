package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.diagnosis.Asked;
import io.github.rayservice.scaffolder.status.diagnosis.Diagnosis;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.diagnosis.Surroundings;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.Phases;
import io.github.rayservice.scaffolder.status.phase.Source;
import io.github.rayservice.scaffolder.status.phase.Standing;
import io.github.rayservice.scaffolder.status.phase.Wanted;
import io.github.rayservice.scaffolder.status.resource.Access;
import io.github.rayservice.scaffolder.status.resource.Kind;
import io.github.rayservice.scaffolder.status.resource.Reading;
import io.github.rayservice.scaffolder.status.resource.Stamp;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
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
public class Board {
  private static final Set<Phase> OUTSIDE =
      EnumSet.of(Phase.PROPOSED, Phase.REJECTED, Phase.ACCEPTED);

  private static final Set<Phase> WAITING =
      EnumSet.of(Phase.PROVISIONING, Phase.STARTING, Phase.UPDATING);

  private final StatusConfig config;
  private final Clock clock;
  private final Sightings sightings;
  private final Changes changes;
  private final Map<RayServiceId, Wanted> wanted = new HashMap<>();
  private final Map<Phase, Integer> phases = new EnumMap<>(Phase.class);
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * How often Git had been read when something of the cluster appeared that Git knows nothing of.
   */
  private final Map<RayServiceId, Integer> newcomers = new HashMap<>();

  /** Whose Ingress may only be waited for so long, whatever phase they are in. */
  private final Map<RayServiceId, Instant> dueAgain = new HashMap<>();

  private final Instant patienceEnds;

  /**
   * Whether every kind has been read once, or it is known why it cannot be. Before that, every Ray
   * Service would seem to lack what is only read later.
   */
  private volatile boolean settled;

  private Access git;
  private int gitReads;
  private Asked asked = Asked.NOTHING;

  public Board(StatusConfig config, Clock clock, ExecutorService executor, MeterRegistry meters) {
    this.config = config;
    this.clock = clock;
    Access notYet = new Access.Unreadable(Access.NOT_YET, clock.instant());
    this.sightings = new Sightings(config, config.enabled() ? notYet : new Access.Unwatched());
    this.changes = new Changes(executor);
    this.git = notYet;
    this.settled = !config.enabled();
    this.patienceEnds = clock.instant().plus(config.patience());
    for (Phase phase : Phase.values()) {
      Gauge.builder("scaffolder.ray.services", () -> count(phase))
          .description("Ray Services by the phase that they stand in")
          .tag("phase", phase.words())
          .register(meters);
    }
    Gauge.builder("scaffolder.status.followers", changes::followers)
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
  public boolean isSettled() {
    return settled;
  }

  /** All Ray Services, by namespace and name, as of one moment. */
  public SortedMap<RayServiceId, RayServiceStatus> current() {
    return changes.statuses();
  }

  /** Where one stands; empty when nobody knows anything of it. */
  public Optional<RayServiceStatus> find(RayServiceId id) {
    return Optional.ofNullable(changes.statuses().get(id));
  }

  /**
   * Follows all that concerns. A follower may be as slow as he likes; one who has missed too much
   * is told everything anew.
   *
   * @param position of the last event that he has seen; empty, or unknown here, for everything anew
   */
  public Flow.Publisher<BoardEvent> follow(
      Optional<String> position, Predicate<RayServiceId> concerned) {
    return changes.after(position, concerned);
  }

  /** What can be read and what cannot, by its name. */
  public Map<String, Access> sources() {
    return locked(() -> {
      Map<String, Access> sources = new LinkedHashMap<>();
      sources.put(Source.GIT.words(), git);
      for (Kind kind : Kind.values()) {
        sources.put(kind.words(), sightings.shelf(kind).access());
      }
      return sources;
    });
  }

  /** The commits that Argo CD compared these with last; without those of which it says none. */
  public Map<RayServiceId, String> compared(Collection<RayServiceId> ids) {
    return locked(() -> {
      Map<RayServiceId, String> commits = new HashMap<>();
      for (RayServiceId id : ids) {
        sightings.revision(id).ifPresent(commit -> commits.put(id, commit));
      }
      return commits;
    });
  }

  /** What the watches show of the platform itself. */
  public PlatformView platform() {
    return locked(() -> {
      Map<Kind, Access> states = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        states.put(kind, sightings.shelf(kind).access());
      }
      return new PlatformView(
          states, sightings.graph(), sightings.ingressClasses(), sightings.rayClusters());
    });
  }

  /** Why nothing of the cluster can be read; empty when something can. */
  public Optional<String> cutOff() {
    return locked(() -> {
      Optional<String> why = Optional.empty();
      for (Kind kind : Kind.values()) {
        switch (sightings.shelf(kind).access()) {
          case Access.Live live -> {
            return Optional.empty();
          }
          case Access.Unwatched unwatched -> {}
          case Access.Unreadable away -> why = Optional.of(away.why());
        }
      }
      return why;
    });
  }

  /** Whether a pod of a Ray cluster waits for a node. */
  public boolean lacksRoom() {
    return changes.statuses().values().stream()
        .flatMap(status -> status.diagnosis().stream())
        .anyMatch(finding -> finding.problem().startsWith("NotEnough"));
  }

  /** How much of the cluster is free, in words; empty when nobody knows. */
  public void room(Optional<String> free) {
    change(() -> {
      asked = new Asked(free, asked.lostHosts());
      return changes.statuses().values().stream()
          .filter(s -> s.diagnosis().stream().anyMatch(f -> f.problem().startsWith("NotEnough")))
          .map(RayServiceStatus::id)
          .toList();
    });
  }

  /** The hosts of all endpoints. */
  public Set<String> hosts() {
    return locked(sightings::hosts);
  }

  /** Which of the hosts have no address, and what the resolver says of each. */
  public void lostHosts(Map<String, String> lost) {
    change(() -> {
      boolean same = asked.lostHosts().equals(lost);
      asked = new Asked(asked.room(), Map.copyOf(lost));
      return same ? Set.of() : everybody();
    });
  }

  /** All that Git and GitLab know now; what is missing is gone from there. */
  public void gitSays(Map<RayServiceId, Wanted> all) {
    change(() -> {
      Set<RayServiceId> concerned = new HashSet<>(wanted.keySet());
      boolean wasAway = !(git instanceof Access.Live);
      git = new Access.Live();
      gitReads++;
      concerned.addAll(all.keySet());
      concerned.removeIf(id -> !wasAway && equal(all, id));
      if (wasAway) {
        concerned.addAll(sightings.ids());
      }
      wanted.clear();
      wanted.putAll(all);
      concerned.addAll(List.copyOf(newcomers.keySet()));
      return concerned;
    });
  }

  private boolean equal(Map<RayServiceId, Wanted> all, RayServiceId id) {
    return Optional.ofNullable(wanted.get(id)).equals(Optional.ofNullable(all.get(id)));
  }

  /** Git or GitLab cannot be read; what they said last is kept. */
  public void gitIsAway(String why) {
    change(() -> {
      git = unreadable(git, why);
      return everybody();
    });
  }

  /** Which state of an object is known. */
  public Optional<Stamp> stamp(Kind kind, String namespace, String name) {
    return locked(() -> sightings.shelf(kind).stamp(namespace, name));
  }

  /** Which objects of a kind are known, in which state. */
  public List<Stamp> stamps(Kind kind) {
    return locked(() -> sightings.shelf(kind).stamps());
  }

  public void see(Kind kind, GenericKubernetesResource object) {
    change(() -> sightings.put(kind, object));
  }

  public void end(Kind kind, GenericKubernetesResource object) {
    change(() -> sightings.remove(kind, object));
  }

  public void readable(Kind kind) {
    access(kind, new Access.Live());
  }

  /** Says that a kind cannot be read; since when is what was said first. */
  public void away(Kind kind, String why) {
    access(kind, locked(() -> unreadable(sightings.shelf(kind).access(), why)));
  }

  private Access unreadable(Access before, String why) {
    Instant since = before instanceof Access.Unreadable already ? already.since() : clock.instant();
    return new Access.Unreadable(why, since);
  }

  private void access(Kind kind, Access access) {
    change(() -> {
      Shelf<?> shelf = sightings.shelf(kind);
      if (shelf.access().equals(access)) {
        return Set.of();
      }
      shelf.access(access);
      return everybody();
    });
  }

  /** Looks again at those of whom mere waiting may tell something. */
  public void timePasses() {
    change(() -> {
      Set<RayServiceId> due = new HashSet<>();
      Instant now = clock.instant();
      dueAgain.forEach((id, at) -> {
        if (at.isBefore(now)) {
          due.add(id);
        }
      });
      changes.statuses().values().stream()
          .filter(s -> WAITING.contains(s.standing().phase()))
          .map(RayServiceStatus::id)
          .forEach(due::add);
      return due;
    });
  }

  private Set<RayServiceId> everybody() {
    Set<RayServiceId> everybody = new HashSet<>(wanted.keySet());
    everybody.addAll(sightings.ids());
    everybody.addAll(changes.statuses().keySet());
    return everybody;
  }

  private void change(Supplier<Collection<RayServiceId>> change) {
    lock.lock();
    try {
      Collection<RayServiceId> concerned = change.get();
      if (settled) {
        concerned.forEach(this::look);
      } else if (isTimeToSettle()) {
        settled = true;
        everybody().forEach(this::look);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isTimeToSettle() {
    boolean tried = true;
    for (Kind kind : Kind.values()) {
      tried &= sightings.shelf(kind).access().isTried();
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

  private void look(RayServiceId id) {
    Optional<RayServiceStatus> before = find(id);
    Instant now = clock.instant();
    Wanted want = wanted.getOrDefault(id, Wanted.NOTHING);
    Observation seen = sightings.observe(id, git.of(new Reading.Seen<>(want)), now);
    if (!seen.isInCluster() && !wanted.containsKey(id)) {
      newcomers.remove(id);
      dueAgain.remove(id);
      before.ifPresent(b -> {
        changes.remove(id);
        phases.merge(b.standing().phase(), -1, Integer::sum);
      });
      return;
    }
    if (before.map(Board::isOutside).orElse(true) && isNewcomer(seen)) {
      return;
    }
    newcomers.remove(id);
    Standing standing =
        Phases.standing(seen, before.map(RayServiceStatus::standing), now, config.patience());
    List<Finding> diagnosis = config.enabled() ? diagnose(seen, standing.phase(), now) : List.of();
    if (before.isPresent()
        && before.get().wanted().equals(want)
        && before.get().standing().saysTheSame(standing)
        && before.get().diagnosis().equals(diagnosis)) {
      return;
    }
    changes.show(new RayServiceStatus(id, want, standing, diagnosis, history(before, standing)));
    before.ifPresent(b -> phases.merge(b.standing().phase(), -1, Integer::sum));
    phases.merge(standing.phase(), 1, Integer::sum);
  }

  private List<Finding> diagnose(Observation seen, Phase phase, Instant now) {
    Surroundings around = sightings.around(seen, asked, now);
    Diagnosis.judgedAgain(seen, around)
        .ifPresentOrElse(at -> dueAgain.put(seen.id(), at), () -> dueAgain.remove(seen.id()));
    return Diagnosis.of(seen, phase, around);
  }

  /**
   * Argo CD may know of a commit before this process does; what it brings is not taken for a
   * leftover until Git has been read from beginning to end since.
   */
  private boolean isNewcomer(Observation seen) {
    return seen.isTracked()
        && !seen.isAccepted()
        && git instanceof Access.Live
        && gitReads < newcomers.computeIfAbsent(seen.id(), id -> gitReads) + 2;
  }

  /** Whether the cluster had nothing of it until now. */
  private static boolean isOutside(RayServiceStatus before) {
    return OUTSIDE.contains(before.standing().phase());
  }

  private List<Transition> history(Optional<RayServiceStatus> before, Standing standing) {
    List<Transition> known = before.map(RayServiceStatus::history).orElse(List.of());
    if (!known.isEmpty()
        && known.getLast().phase() == standing.phase()
        && known.getLast().reason().equals(standing.reason())) {
      return known;
    }
    List<Transition> history =
        new ArrayList<>(
            known.subList(Math.max(0, known.size() + 1 - config.history()), known.size()));
    Instant at = known.isEmpty() ? standing.since() : clock.instant();
    history.add(new Transition(at, standing.phase(), standing.reason(), standing.message()));
    return List.copyOf(history);
  }
}
