package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.commit.CommitWriter;
import io.github.rayservice.scaffolder.gitops.commit.Delivery;
import io.github.rayservice.scaffolder.gitops.commit.GroupCommit;
import io.github.rayservice.scaffolder.gitops.commit.Plan;
import io.github.rayservice.scaffolder.gitops.index.Comparison;
import io.github.rayservice.scaffolder.gitops.index.Head;
import io.github.rayservice.scaffolder.gitops.index.History;
import io.github.rayservice.scaffolder.gitops.index.Sight;
import io.github.rayservice.scaffolder.gitops.index.Snapshot;
import io.github.rayservice.scaffolder.gitops.index.UnifiedDiff;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.ChangeRequest;
import io.github.rayservice.scaffolder.gitops.model.Destination;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.Landing;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.gitops.model.SummaryReader;
import io.github.rayservice.scaffolder.gitops.transport.EmbeddedUpstream;
import io.github.rayservice.scaffolder.gitops.transport.RemoteUpstream;
import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.jboss.logging.Logger;

/**
 * The GitOps repository: reads what stands on its branch and makes changes there. Writers settle
 * who is first by moving the branch only from where they found it; whoever loses looks again and
 * applies his change to what is there now.
 */
@ApplicationScoped
public class GitopsRepository {
  private static final Logger LOG = Logger.getLogger(GitopsRepository.class);

  /** From a local disk to a Git server that is far away and busy. */
  private static final Duration[] BUCKETS =
      IntStream.of(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Upstream upstream;
  private final boolean proposes;
  private final GitopsConfig config;
  private final Sight sight;
  private final Timer commits;
  private final GroupCommit group;

  @Inject
  public GitopsRepository(
      Destination destination,
      GitopsConfig config,
      SummaryReader summaries,
      Clock clock,
      MeterRegistry meters) {
    this(upstream(destination, config), destination.proposes(), config, summaries, clock, meters);
  }

  private static Upstream upstream(Destination destination, GitopsConfig config) {
    Optional<Remote> remote = destination.remote();
    return remote.isPresent()
        ? new RemoteUpstream(remote.get(), config)
        : new EmbeddedUpstream(config);
  }

  GitopsRepository(
      Upstream upstream,
      boolean proposes,
      GitopsConfig config,
      SummaryReader summaries,
      Clock clock,
      MeterRegistry meters) {
    this.upstream = upstream;
    this.proposes = proposes;
    this.config = config;
    this.sight = new Sight(upstream, config.branch(), summaries);
    this.group = new GroupCommit(new Delivery(upstream, sight, proposes, config, clock, meters));
    this.commits =
        Timer.builder("scaffolder.git.commit")
            .description("From the request to the moved branch, waiting and retries included")
            .serviceLevelObjectives(BUCKETS)
            .register(meters);
    Gauge.builder("scaffolder.git.waiting", group, GroupCommit::waiting)
        .description("Changes that wait for the group that is being pushed")
        .register(meters);
  }

  /** Makes the embedded repository on first start. One that is away may come back. */
  void start(@Observes StartupEvent start) {
    try {
      snapshot();
    } catch (GitopsException.Unavailable e) {
      LOG.errorf("%s; this service is not ready until that is mended", e.getMessage());
    }
  }

  /** The branch that changes go to. */
  public String branch() {
    return config.branch();
  }

  /** Whether changes go to branches of their own, for people to accept. */
  public boolean proposes() {
    return proposes;
  }

  /**
   * People have merged or closed what the Ray Service's branch proposes: the next change begins
   * anew.
   *
   * @param commit the branch's tip at that time; one that has moved on is open again
   */
  public void settle(RayServiceId id, String commit) {
    sight.proposals().settle(id, ObjectId.fromString(commit));
  }

  /** All Ray Services that are accepted: as the branch has them now. */
  public Snapshot snapshot() {
    return sight.read(Head::accepted);
  }

  /**
   * All Ray Services that are accepted, and those that open proposals would create. Of one that is
   * both, what is accepted.
   */
  public Snapshot everything() {
    return sight.read(head -> head.accepted().orElse(head.proposals().open()));
  }

  /**
   * Where one Ray Service stands.
   *
   * @param stored what is accepted, or else what an open proposal would create
   * @param lastChange the commit that made it so
   * @param proposal what its own branch proposes; empty when it has none that is open
   */
  public record Standing(
      Optional<StoredRayService> stored,
      Optional<Landing> lastChange,
      Optional<Proposal> proposal) {}

  /** Somebody has moved refs on the Git server: the next look goes there, however fresh this is. */
  public void lookAgain() {
    upstream.forget();
  }

  /** People have opened again what was settled. */
  public void reopen(RayServiceId id) {
    sight.proposals().reopen(id);
  }

  /** Whether the Ray Service has a branch of its own, open or settled. */
  public boolean hasBranch(RayServiceId id) {
    return sight.read(head -> head.proposals().tips().containsKey(id));
  }

  /** Tips of all open proposals. */
  public SortedMap<RayServiceId, String> openProposals() {
    return sight.read(head -> {
      SortedMap<RayServiceId, String> tips = new TreeMap<>();
      for (RayServiceId id : head.proposals().tips().keySet()) {
        head.proposals().openTip(id).ifPresent(tip -> tips.put(id, tip.name()));
      }
      return tips;
    });
  }

  /**
   * Removes the branch of a proposal.
   *
   * @param commit the tip that it must have
   * @return false when it has another one by now; nothing is removed then
   */
  public boolean removeBranch(RayServiceId id, String commit) {
    ReceiveCommand removal =
        new ReceiveCommand(
            ObjectId.fromString(commit),
            ObjectId.zeroId(),
            Constants.R_HEADS + RefNames.proposalBranch(id));
    try (Upstream.Writing writing = upstream.begin()) {
      return writing.publish(List.of(removal), List.of());
    }
  }

  /** What stands in Git of each listed one, in the same order. */
  public List<StoredRayService> read(List<IndexEntry> entries) {
    return sight.read(head -> {
      try (ObjectReader reader = head.repository().newObjectReader()) {
        List<StoredRayService> stored = new ArrayList<>();
        for (IndexEntry entry : entries) {
          stored.add(Head.stored(reader, entry));
        }
        return stored;
      }
    });
  }

  /**
   * What each Ray Service was in a commit: the version that {@link IndexEntry} has. Left out where
   * it did not stand there, or nobody knows such a commit here.
   */
  public Map<RayServiceId, String> versionsIn(Map<RayServiceId, String> commits) {
    return sight.read(head -> {
      Map<RayServiceId, String> versions = new HashMap<>();
      try (RevWalk walk = new RevWalk(head.repository())) {
        for (Map.Entry<RayServiceId, String> one : commits.entrySet()) {
          History.versionIn(walk, one.getValue(), one.getKey())
              .ifPresent(version -> versions.put(one.getKey(), version));
        }
      }
      return versions;
    });
  }

  /** Where one Ray Service stands now. */
  public Standing standing(RayServiceId id) {
    return sight.read(head -> {
      Optional<Head.Base> base =
          Stream.of(head.onBranch(), head.base(id))
              .filter(b -> b.services().find(id).isPresent())
              .findFirst();
      try (ObjectReader reader = head.repository().newObjectReader()) {
        Optional<Proposal> proposal =
            head.proposals().openTip(id).isPresent()
                ? Optional.of(Comparison.of(head, id, reader))
                : Optional.empty();
        if (base.isEmpty()) {
          return new Standing(Optional.empty(), Optional.empty(), proposal);
        }
        IndexEntry entry = base.get().services().find(id).orElseThrow();
        return new Standing(
            Optional.of(Head.stored(reader, entry)),
            Optional.of(
                History.describe(
                    reader, base.get().branch(), History.lastChange(base.get(), id), id)),
            proposal);
      }
    });
  }

  /**
   * Proves that the repository can be read and written.
   *
   * @throws GitopsException.Unavailable with the reason when it cannot
   */
  public void probe() {
    snapshot();
    upstream.probe();
  }

  /**
   * What the change would do now. Nothing is written.
   *
   * @throws GitopsException as {@link #commit} does
   */
  public Preview preview(Change change) {
    return sight.read(head -> {
      Head.Base base = head.base(change.id());
      try (ObjectReader reader = head.repository().newObjectReader()) {
        Plan plan = Plan.of(base, reader, change);
        CommitWriter.requireWritable(base, change, plan);
        SortedMap<String, String> before = StoredRayService.paths(change.id(), plan.before());
        SortedMap<String, String> after = StoredRayService.paths(change.id(), plan.after());
        return new Preview(
            change.id(),
            plan.result(),
            proposes ? RefNames.proposalBranch(change.id()) : branch(),
            after,
            UnifiedDiff.between(before, after));
      }
    });
  }

  /**
   * Makes the change, or finds that it was made.
   *
   * @throws GitopsException of the kind that says who can mend it; nothing was written then
   */
  public Landing commit(Change change, ChangeRequest request) {
    return commits.record(() -> group.submit(change, request));
  }

  /** Lets another process have the repository. */
  @PreDestroy
  public void close() {
    upstream.close();
  }
}
