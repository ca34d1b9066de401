package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.commit.CommitExecutor;
import io.github.rayservice.scaffolder.gitops.commit.CommitWriter;
import io.github.rayservice.scaffolder.gitops.commit.EntryMac;
import io.github.rayservice.scaffolder.gitops.commit.GroupCommit;
import io.github.rayservice.scaffolder.gitops.commit.Plan;
import io.github.rayservice.scaffolder.gitops.commit.WrittenTips;
import io.github.rayservice.scaffolder.gitops.index.ForeignChanges;
import io.github.rayservice.scaffolder.gitops.index.History;
import io.github.rayservice.scaffolder.gitops.index.ProposalDiff;
import io.github.rayservice.scaffolder.gitops.index.RepositoryReader;
import io.github.rayservice.scaffolder.gitops.index.RepositoryView;
import io.github.rayservice.scaffolder.gitops.index.Snapshot;
import io.github.rayservice.scaffolder.gitops.index.UnifiedDiff;
import io.github.rayservice.scaffolder.gitops.index.Versions;
import io.github.rayservice.scaffolder.gitops.model.Attempt;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.CommitTarget;
import io.github.rayservice.scaffolder.gitops.model.Committed;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummaryReader;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.ProposalStates;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.gitops.model.Version;
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
import java.io.IOException;
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
 * The GitOps repository: reads what is on its branch and makes changes there. A writer moves the
 * branch only from where it found it; one that loses looks again and applies its change to what is
 * there now.
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
  private final RepositoryReader reader;
  private final WrittenTips writtenTips;
  private final MeterRegistry meters;
  private final Gauge waiting;
  private final Gauge unread;
  private final Timer commits;
  private final GroupCommit group;

  @Inject
  public GitopsRepository(
      CommitTarget destination,
      GitopsConfig config,
      InstanceSummaryReader summaries,
      ProposalStates states,
      Clock clock,
      MeterRegistry meters) {
    this(
        upstream(destination, config),
        destination.remote().flatMap(Remote::login),
        destination.proposes(),
        config,
        summaries,
        states,
        clock,
        meters);
  }

  private static Upstream upstream(CommitTarget destination, GitopsConfig config) {
    Optional<Remote> remote = destination.remote();
    return remote.isPresent()
        ? new RemoteUpstream(remote.get(), config)
        : new EmbeddedUpstream(config);
  }

  GitopsRepository(
      Upstream upstream,
      Optional<Remote.Login> login,
      boolean proposes,
      GitopsConfig config,
      InstanceSummaryReader summaries,
      ProposalStates states,
      Clock clock,
      MeterRegistry meters) {
    this.upstream = upstream;
    this.proposes = proposes;
    this.config = config;
    this.reader =
        new RepositoryReader(
            upstream, config.branch(), proposes, summaries, states, clock, config.maxProposals());
    EntryMac mac = EntryMac.of(login);
    this.writtenTips = new WrittenTips(mac);
    this.group =
        new GroupCommit(new CommitExecutor(upstream, reader, proposes, config, mac, clock, meters));
    this.commits =
        Timer.builder("scaffolder.git.commit")
            .description("From the request to the moved branch, waiting and retries included")
            .serviceLevelObjectives(BUCKETS)
            .register(meters);
    this.meters = meters;
    this.waiting =
        Gauge.builder("scaffolder.git.waiting", group, GroupCommit::waiting)
            .description("Changes that wait for the group that is being pushed")
            .register(meters);
    this.unread =
        Gauge.builder("scaffolder.git.unread", reader, RepositoryReader::unreadProposals)
            .description("Branches of proposals beyond the limit, which are not read")
            .register(meters);
  }

  /** Makes the embedded repository on first start. One that is away may come back. */
  void start(@Observes StartupEvent start) {
    try {
      accepted();
    } catch (GitopsException.Unavailable e) {
      LOG.errorf("%s; this service is not ready until that is fixed", e.getMessage());
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

  /** All Ray Services that are accepted: as the branch has them now. */
  public Snapshot accepted() {
    return reader.read(RepositoryView::accepted);
  }

  /**
   * The Ray Services of one moment.
   *
   * @param accepted as the branch has them that Argo CD follows
   * @param all these, and those that open proposals would create
   */
  public record Snapshots(Snapshot accepted, Snapshot all) {}

  /** Reads both at once, so that one answer shows one moment. */
  public Snapshots snapshots() {
    return reader.read(
        view -> new Snapshots(view.accepted(), view.accepted().orElse(view.proposals().open())));
  }

  /**
   * What Git has of one Ray Service.
   *
   * @param stored what is accepted, or else what an open proposal would create
   * @param lastChange the commit that made it so
   * @param proposal what its own branch proposes; empty when it has none that is open
   */
  public record GitState(
      Optional<StoredRayService> stored,
      Optional<CommitResult> lastChange,
      Optional<Proposal> proposal) {}

  /** Somebody has moved refs on the Git server: the next look goes there, however fresh this is. */
  public void invalidate() {
    upstream.invalidate();
  }

  /**
   * Where the Ray Service's own branch is, as far as this process has seen it; the Git server is
   * not asked. Empty when there is none, and when changes go to the branch itself.
   */
  public Optional<String> branchTip(RayServiceId id) {
    return proposes ? reader.branchTip(id) : Optional.empty();
  }

  /**
   * Who wrote what is on the Ray Service's branch.
   *
   * @param commit the branch's newest commit, full name
   */
  public Authorship authorship(RayServiceId id, String commit) {
    return reader.read(view -> {
      try (ObjectReader reader = view.repository().newObjectReader()) {
        return writtenTips.of(reader, view.remembered(), id, ObjectId.fromString(commit));
      }
    });
  }

  /** Tips of all open proposals. */
  public SortedMap<RayServiceId, String> openProposals() {
    return reader.read(view -> {
      SortedMap<RayServiceId, String> tips = new TreeMap<>();
      for (RayServiceId id : view.proposals().tips().keySet()) {
        view.proposals().openTip(id).ifPresent(tip -> tips.put(id, tip.name()));
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
    try (Upstream.Session writing = upstream.begin()) {
      return writing.publish(List.of(removal));
    }
  }

  /** What Git has of each listed one, in the same order. */
  public List<StoredRayService> read(List<IndexEntry> entries) {
    return reader.read(view -> {
      try (ObjectReader reader = view.repository().newObjectReader()) {
        List<StoredRayService> stored = new ArrayList<>();
        for (IndexEntry entry : entries) {
          stored.add(RepositoryView.stored(reader, entry));
        }
        return stored;
      }
    });
  }

  /**
   * What each Ray Service was in a commit: the version that {@link IndexEntry} has. Left out where
   * it was not there, or the commit is not known here.
   */
  public Map<RayServiceId, String> treeIdsAt(Map<RayServiceId, String> commits) {
    return reader.read(view -> {
      Map<RayServiceId, String> versions = new HashMap<>();
      try (RevWalk walk = new RevWalk(view.repository())) {
        for (Map.Entry<RayServiceId, String> one : commits.entrySet()) {
          History.versionIn(walk, one.getValue(), one.getKey())
              .ifPresent(version -> versions.put(one.getKey(), version));
        }
      }
      return versions;
    });
  }

  /**
   * The commits that changed a Ray Service since it was created last, newest first; none when the
   * branch that Argo CD follows does not have it.
   *
   * @param after the commit behind which the list begins; empty for the newest
   * @param limit at least 1
   */
  public List<Version> versions(RayServiceId id, Optional<String> after, int limit) {
    return reader.read(view ->
        view.accepted().find(id).isEmpty()
            ? List.of()
            : Versions.of(view.onBranch(), id, after, limit));
  }

  /** What Git has of one Ray Service now. */
  public GitState find(RayServiceId id) {
    return reader.read(view -> {
      Optional<RepositoryView.Base> base =
          Stream.of(view.onBranch(), view.base(id))
              .filter(b -> b.services().find(id).isPresent())
              .findFirst();
      try (ObjectReader reader = view.repository().newObjectReader()) {
        Optional<Proposal> proposal =
            view.proposals().openTip(id).isPresent()
                ? Optional.of(ProposalDiff.of(view, id, reader))
                : Optional.empty();
        if (base.isEmpty()) {
          return new GitState(Optional.empty(), Optional.empty(), proposal);
        }
        IndexEntry entry = base.get().services().find(id).orElseThrow();
        return new GitState(
            Optional.of(RepositoryView.stored(reader, entry)),
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
    accepted();
    upstream.probe();
  }

  /**
   * What the change would do now. Nothing is written.
   *
   * @param checkedTip as for {@link #commit}
   * @throws GitopsException as {@link #commit} does
   */
  public Attempt<Preview> preview(Change change, Optional<String> checkedTip) {
    return reader.read(view -> {
      if (!view.isBranchAt(change.id(), checkedTip)) {
        return new Attempt.BranchMoved<>();
      }
      RepositoryView.Base base = view.base(change.id());
      try (ObjectReader reader = view.repository().newObjectReader()) {
        ForeignChanges.refuse(base, reader, change.id());
        Plan plan = Plan.of(base, reader, change);
        CommitWriter.requireWritable(base, change, plan);
        SortedMap<String, String> before = StoredRayService.paths(change.id(), plan.before());
        SortedMap<String, String> after = StoredRayService.paths(change.id(), plan.after());
        return new Attempt.Made<>(
            new Preview(
                change.id(),
                plan.outcome(),
                proposes ? RefNames.proposalBranch(change.id()) : branch(),
                acceptedInstance(view, change.id(), reader),
                after,
                UnifiedDiff.between(before, after)));
      }
    });
  }

  private static Optional<String> acceptedInstance(
      RepositoryView view, RayServiceId id, ObjectReader reader) throws IOException {
    return RepositoryView.accepted(view, reader, id)
        .map(stored -> stored.files().get(InstanceSummaryReader.FILE));
  }

  /**
   * Makes the change, or finds that it was made. A branch that people may have merged or closed is
   * not built upon: nothing is written when it is not where the caller has checked it.
   *
   * @param checkedTip what {@link #branchTip} said before the caller looked the merge request up
   * @throws GitopsException of the kind that says who can fix it; nothing was written then
   */
  public Attempt<Committed> commit(
      Change change, CommitRequest request, Optional<String> checkedTip) {
    return commits.record(() -> group.submit(change, request, checkedTip));
  }

  /**
   * Lets another process have the repository, and another start in this process gauges of its own.
   */
  @PreDestroy
  public void close() {
    meters.remove(waiting);
    meters.remove(unread);
    upstream.close();
  }
}
