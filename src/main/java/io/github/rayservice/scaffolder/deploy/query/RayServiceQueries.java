package io.github.rayservice.scaffolder.deploy.query;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.deploy.Links;
import io.github.rayservice.scaffolder.deploy.sync.DesiredStateMapping;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.index.Snapshot;
import io.github.rayservice.scaffolder.gitops.index.UnifiedDiff;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.platform.Dashboard;
import io.github.rayservice.scaffolder.platform.Dashboards;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.proposal.MergeRequestCache;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import io.github.rayservice.scaffolder.status.RayServiceStatus;
import io.github.rayservice.scaffolder.status.StatusStore;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Reads Ray Services: accepted, proposed, or only in the cluster. */
@ApplicationScoped
public class RayServiceQueries {
  private static final Logger LOG = Logger.getLogger(RayServiceQueries.class);

  private final GitopsRepository repository;
  private final Renderer renderer;
  private final MergeRequestSync mergeRequestSync;
  private final MergeRequestCache mergeRequestCache;
  private final PlatformLinks platformLinks;
  private final Dashboards dashboards;
  private final StatusStore statusStore;

  public RayServiceQueries(
      GitopsRepository repository,
      Renderer renderer,
      MergeRequestSync mergeRequestSync,
      MergeRequestCache mergeRequestCache,
      PlatformLinks platformLinks,
      Dashboards dashboards,
      StatusStore statusStore) {
    this.repository = repository;
    this.renderer = renderer;
    this.mergeRequestSync = mergeRequestSync;
    this.mergeRequestCache = mergeRequestCache;
    this.platformLinks = platformLinks;
    this.dashboards = dashboards;
    this.statusStore = statusStore;
  }

  /**
   * A part of all Ray Services, in the order of namespace and name.
   *
   * @param items at most as many as were asked for
   * @param next where to go on; empty when this was the last part
   */
  public record ListPage(List<ListItem> items, Optional<RayServiceId> next) {}

  /** One Ray Service with its open merge request, as far as this process has seen one. */
  public record ListItem(
      IndexEntry service, Optional<MergeRequestStatus> mergeRequest, RayServiceStatus status) {}

  /**
   * Lists Ray Services.
   *
   * @param namespace only those of one team; empty for all
   * @param after only those behind this one
   * @param limit at least 1
   */
  public ListPage list(Optional<String> namespace, Optional<RayServiceId> after, int limit) {
    GitopsRepository.Snapshots snapshots = repository.snapshots();
    Snapshot known = snapshots.all();
    Stream<IndexEntry> inGit = after.map(known::after).orElseGet(known::services).stream();
    Stream<IndexEntry> all =
        statusStore.watchesCluster()
            ? Stream.concat(inGit, onlyInCluster(known, after))
                .sorted(Comparator.comparing(IndexEntry::id))
            : inGit;
    List<IndexEntry> items =
        all.filter(e -> namespace.isEmpty() || e.id().namespace().equals(namespace.get()))
            .limit(limit + 1L)
            .toList();
    boolean complete = items.size() <= limit;
    return new ListPage(
        items.stream().limit(limit).map(item -> listItem(item, snapshots.accepted())).toList(),
        complete ? Optional.empty() : Optional.of(items.get(limit - 1).id()));
  }

  /** Those that are being deleted, and those that a person applied by hand. */
  private Stream<IndexEntry> onlyInCluster(Snapshot snapshot, Optional<RayServiceId> after) {
    return statusStore.current().keySet().stream()
        .filter(id -> after.isEmpty() || id.compareTo(after.get()) > 0)
        .filter(id -> snapshot.find(id).isEmpty())
        .map(id -> new IndexEntry(id, "", Optional.empty(), Optional.empty()));
  }

  private ListItem listItem(IndexEntry service, Snapshot accepted) {
    Optional<MergeRequestStatus> open = mergeRequestCache.open(service.id());
    return new ListItem(
        service,
        open,
        statusStore.statusOf(
            service.id(),
            DesiredStateMapping.seen(
                accepted.find(service.id()),
                open,
                open.isPresent() || accepted.find(service.id()).isEmpty())));
  }

  /**
   * One Ray Service.
   *
   * @param version of its directory in Git; empty when Git does not have it (any more)
   * @param document empty when its file cannot be read, too
   * @param problem why it cannot
   * @param lastChange the commit that made it what it is
   * @param drift unified diff from what this service would write to what Git has: edits made by
   *     hand
   * @param proposal what is proposed for it
   * @param mergeRequest the newest merge request
   * @param mergeRequestProblem why the merge request could not be looked up
   * @param dashboard empty when its file cannot be read
   */
  public record RayServiceDetails(
      RayServiceId id,
      Optional<String> version,
      Optional<RayServiceDocument> document,
      Optional<String> problem,
      Optional<CommitResult> lastChange,
      String drift,
      Optional<Proposal> proposal,
      Optional<MergeRequestStatus> mergeRequest,
      Optional<String> mergeRequestProblem,
      RayServiceStatus status,
      Links links,
      Optional<Dashboard> dashboard) {}

  /** One Ray Service: accepted, proposed, rejected, or only in the cluster. */
  public Optional<RayServiceDetails> find(RayServiceId id) {
    Optional<MergeRequestStatus> newest = Optional.empty();
    Optional<String> mergeRequestProblem = Optional.empty();
    try {
      newest = mergeRequestSync.review(id);
    } catch (GitlabException e) {
      // What Git knows is true all the same.
      LOG.warnf("%s: %s", id, e.getMessage());
      mergeRequestProblem = Optional.ofNullable(e.getMessage());
    }
    GitopsRepository.GitState git = repository.find(id);
    boolean rejected = newest.isPresent() && newest.get().wasClosed();
    boolean inGit = git.stored().isPresent() || git.proposal().isPresent() || rejected;
    boolean inCluster = statusStore.watchesCluster() && statusStore.find(id).isPresent();
    if (!inGit && !inCluster) {
      return Optional.empty();
    }
    Content content = git.stored().map(this::read).orElse(Content.NONE);
    return Optional.of(
        new RayServiceDetails(
            id,
            git.stored().map(StoredRayService::version),
            content.document(),
            content.problem(),
            git.lastChange(),
            content.drift(),
            git.proposal(),
            newest,
            mergeRequestProblem,
            statusStore.statusOf(
                id, DesiredStateMapping.seen(accepted(git), newest, git.proposal().isPresent())),
            Links.of(id, content.document().map(RayServiceDocument::spec), platformLinks),
            content
                .document()
                .map(RayServiceDocument::spec)
                .flatMap(
                    form -> dashboards.of(form.endpointHost(), form.name(), form.namespace()))));
  }

  /** What is only proposed is stored on a branch of its own. */
  private Optional<IndexEntry> accepted(GitopsRepository.GitState git) {
    return git.lastChange()
        .filter(change -> change.branch().equals(repository.branch()))
        .flatMap(change -> git.stored())
        .map(stored ->
            new IndexEntry(stored.id(), stored.version(), Optional.empty(), Optional.empty()));
  }

  private record Content(
      Optional<RayServiceDocument> document, Optional<String> problem, String drift) {
    static final Content NONE = new Content(Optional.empty(), Optional.empty(), "");
  }

  private Content read(StoredRayService stored) {
    try {
      RayServiceDocument document =
          renderer.readInstance(stored.files().getOrDefault(RenderedFiles.INSTANCE, ""));
      RayServiceDocument.Metadata metadata = document.metadata().named(stored.id());
      RenderedFiles ours =
          renderer.render(new RayServiceRequest(metadata, document.spec(), List.of()));
      return new Content(
          Optional.of(document),
          Optional.empty(),
          UnifiedDiff.between(ours.byName(), stored.files()));
    } catch (UneditableFileException e) {
      return new Content(Optional.empty(), Optional.ofNullable(e.getMessage()), "");
    }
  }
}
