package io.github.rayservice.scaffolder.deploy.query;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.deploy.Links;
import io.github.rayservice.scaffolder.deploy.sync.DesiredStateSync;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.index.Snapshot;
import io.github.rayservice.scaffolder.gitops.index.UnifiedDiff;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
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

/** What is wanted: the Ray Services that are accepted, and those that are proposed. */
@ApplicationScoped
public class RayServiceQueries {
  private static final Logger LOG = Logger.getLogger(RayServiceQueries.class);

  private final GitopsRepository repository;
  private final Renderer renderer;
  private final MergeRequestSync mergeRequestSync;
  private final MergeRequestCache mergeRequestCache;
  private final PlatformLinks platformLinks;
  private final StatusStore statusStore;
  private final DesiredStateSync sync;

  public RayServiceQueries(
      GitopsRepository repository,
      Renderer renderer,
      MergeRequestSync mergeRequestSync,
      MergeRequestCache mergeRequestCache,
      PlatformLinks platformLinks,
      StatusStore statusStore,
      DesiredStateSync sync) {
    this.repository = repository;
    this.renderer = renderer;
    this.mergeRequestSync = mergeRequestSync;
    this.mergeRequestCache = mergeRequestCache;
    this.platformLinks = platformLinks;
    this.statusStore = statusStore;
    this.sync = sync;
  }

  /**
   * A part of all Ray Services, in the order of namespace and name.
   *
   * @param items at most as many as were asked for
   * @param next where to go on; empty when this was the last part
   */
  public record ListPage(List<ListItem> items, Optional<RayServiceId> next) {}

  /**
   * One Ray Service with its open merge request, as far as this process has seen one.
   *
   * @param status where it stands; empty for what is so new that nobody has looked yet
   */
  public record ListItem(
      IndexEntry service,
      Optional<MergeRequestStatus> mergeRequest,
      Optional<RayServiceStatus> status) {}

  /**
   * Lists Ray Services.
   *
   * @param namespace only those of one team; empty for all
   * @param after only those behind this one
   * @param limit at least 1
   */
  public ListPage list(Optional<String> namespace, Optional<RayServiceId> after, int limit) {
    Snapshot snapshot = repository.acceptedAndProposed();
    Stream<IndexEntry> inGit = after.map(snapshot::after).orElseGet(snapshot::services).stream();
    Stream<IndexEntry> all =
        statusStore.watchesCluster()
            ? Stream.concat(inGit, onlyInCluster(snapshot, after))
                .sorted(Comparator.comparing(IndexEntry::id))
            : inGit;
    List<IndexEntry> items =
        all.filter(e -> namespace.isEmpty() || e.id().namespace().equals(namespace.get()))
            .limit(limit + 1L)
            .toList();
    boolean complete = items.size() <= limit;
    return new ListPage(
        items.stream().limit(limit).map(this::entry).toList(),
        complete ? Optional.empty() : Optional.of(items.get(limit - 1).id()));
  }

  /** Those that are being deleted, and those that somebody applied by hand. */
  private Stream<IndexEntry> onlyInCluster(Snapshot snapshot, Optional<RayServiceId> after) {
    return statusStore.current().keySet().stream()
        .filter(id -> after.isEmpty() || id.compareTo(after.get()) > 0)
        .filter(id -> snapshot.find(id).isEmpty())
        .map(id -> new IndexEntry(id, "", Optional.empty(), Optional.empty()));
  }

  private ListItem entry(IndexEntry service) {
    return new ListItem(
        service, mergeRequestCache.open(service.id()), statusStore.find(service.id()));
  }

  /**
   * One Ray Service.
   *
   * @param version empty when nothing of it stands in Git: it was proposed and not accepted
   * @param form empty when its file cannot be read, too
   * @param problem why it cannot
   * @param lastChange the commit that made it what it is
   * @param drift unified diff from what this service would write to what stands there: edits made
   *     by hand
   * @param proposal what is proposed for it
   * @param mergeRequest the newest merge request
   * @param mergeRequestProblem why the merge request could not be looked up
   * @param status where it stands
   */
  public record RayServiceDetails(
      RayServiceId id,
      Optional<String> version,
      Optional<RayServiceForm> form,
      Optional<String> problem,
      Optional<CommitResult> lastChange,
      String drift,
      Optional<Proposal> proposal,
      Optional<MergeRequestStatus> mergeRequest,
      Optional<String> mergeRequestProblem,
      Optional<RayServiceStatus> status,
      Links links) {}

  /**
   * One Ray Service: accepted or proposed, whose proposal was turned down, or that is only in the
   * cluster.
   */
  public Optional<RayServiceDetails> find(RayServiceId id) {
    Optional<MergeRequestStatus> review = Optional.empty();
    Optional<String> unknown = Optional.empty();
    try {
      review = mergeRequestSync.review(id);
    } catch (GitlabException e) {
      // What Git knows is true all the same.
      LOG.warnf("%s: %s", id, e.getMessage());
      unknown = Optional.ofNullable(e.getMessage());
    }
    GitopsRepository.GitState standing = repository.find(id);
    boolean turnedDown = review.isPresent() && review.get().wasClosed();
    Optional<RayServiceStatus> status = statusStore.find(id);
    boolean inGit = standing.stored().isPresent() || standing.proposal().isPresent() || turnedDown;
    if (inGit && status.isEmpty()) {
      // Written a moment ago; the next look would be too late for who asks now.
      sync.synchronise();
      status = statusStore.find(id);
    }
    if (!inGit && (status.isEmpty() || !statusStore.watchesCluster())) {
      return Optional.empty();
    }
    Content content = standing.stored().map(this::read).orElse(Content.NONE);
    return Optional.of(
        new RayServiceDetails(
            id,
            standing.stored().map(StoredRayService::version),
            content.form(),
            content.problem(),
            standing.lastChange(),
            content.drift(),
            standing.proposal(),
            review,
            unknown,
            status,
            Links.of(id, content.form(), platformLinks)));
  }

  private record Content(Optional<RayServiceForm> form, Optional<String> problem, String drift) {
    static final Content NONE = new Content(Optional.empty(), Optional.empty(), "");
  }

  private Content read(StoredRayService stored) {
    try {
      RayServiceForm form =
          renderer.readInstance(stored.files().getOrDefault(RenderedFiles.INSTANCE, "")).spec();
      RenderedFiles ours = renderer.render(new RayServiceRequest(stored.id(), form, List.of()));
      return new Content(
          Optional.of(form), Optional.empty(), UnifiedDiff.between(ours.byName(), stored.files()));
    } catch (UneditableFileException e) {
      return new Content(Optional.empty(), Optional.ofNullable(e.getMessage()), "");
    }
  }
}
