package io.github.rayservice.scaffolder.deploy.query;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.deploy.ChangeEffects;
import io.github.rayservice.scaffolder.form.FieldChange;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.Version;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.status.SyncTimes;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/** What a Ray Service was, and when: Git, its merged merge requests and Argo CD, put together. */
@ApplicationScoped
public class RayServiceHistory {
  private static final Logger LOG = Logger.getLogger(RayServiceHistory.class);

  /** From the first commit of a proposal to its merge request, also where a crash came between. */
  private static final Duration LONGEST_OPENING = Duration.ofHours(1);

  private final GitopsRepository repository;
  private final Renderer renderer;
  private final MergeRequestSync mergeRequestSync;
  private final SyncTimes syncTimes;

  public RayServiceHistory(
      GitopsRepository repository,
      Renderer renderer,
      MergeRequestSync mergeRequestSync,
      SyncTimes syncTimes) {
    this.repository = repository;
    this.renderer = renderer;
    this.mergeRequestSync = mergeRequestSync;
    this.syncTimes = syncTimes;
  }

  /**
   * One version.
   *
   * @param changes fields that differ from the version before; empty when one of the two files
   *     cannot be read as a Ray Service
   * @param mergeRequest that brought it; empty when there was none, or GitLab cannot be asked
   * @param syncedAt when Argo CD brought it to the cluster; empty when it did not, or does not
   *     remember: it keeps the last ten
   */
  public record Entry(
      Version version,
      List<FieldChange> changes,
      Optional<MergeRequest> mergeRequest,
      Optional<Instant> syncedAt) {}

  /**
   * A part of the history.
   *
   * @param next where to go on; empty when this was the last part
   * @param mergeRequestProblem why merge requests could not be looked up
   */
  public record Page(
      List<Entry> items, Optional<String> next, Optional<String> mergeRequestProblem) {}

  /**
   * Newest first, since it was created last. Empty when there is no such Ray Service.
   *
   * @param after the commit behind which the part begins; empty for the newest
   * @param limit at least 1
   */
  public Optional<Page> of(RayServiceId id, Optional<String> after, int limit) {
    List<Version> versions = repository.versions(id, after, limit + 1);
    if (versions.isEmpty() && after.isEmpty() && repository.find(id).stored().isEmpty()) {
      return Optional.empty();
    }
    List<MergeRequest> merged = List.of();
    Optional<String> problem = Optional.empty();
    try {
      merged = mergeRequestSync.merged(id);
    } catch (GitlabException e) {
      LOG.warnf("history of %s: %s", id, e.getMessage());
      problem = Optional.ofNullable(e.getMessage());
    }
    Map<String, Instant> synced = synced(id);
    List<Version> part = versions.subList(0, Math.min(limit, versions.size()));
    List<Optional<MergeRequest>> mergeRequests = broughtBy(part, merged);
    List<Entry> items = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      Version version = part.get(i);
      items.add(
          new Entry(
              version,
              ChangeEffects.between(renderer, version.before(), version.after()).changes(),
              mergeRequests.get(i),
              version.version().map(synced::get)));
    }
    return Optional.of(
        new Page(
            items,
            versions.size() > limit
                ? Optional.of(items.getLast().version().commit())
                : Optional.empty(),
            problem));
  }

  /**
   * The merge request of each version, newest first: that whose newest or squashed commit it is.
   * Another commit of this service was part of the one that was merged next, because a Ray Service
   * has one open proposal at a time. A commit by hand need not have had one.
   */
  private static List<Optional<MergeRequest>> broughtBy(
      List<Version> versions, List<MergeRequest> merged) {
    List<Optional<MergeRequest>> found = new ArrayList<>();
    Optional<MergeRequest> newer = Optional.empty();
    for (Version version : versions) {
      Optional<MergeRequest> own =
          merged.stream()
              .filter(request ->
                  version.commit().equals(request.sha())
                      || version.commit().equals(request.squashCommitSha()))
              .findFirst();
      Optional<MergeRequest> next =
          own.isPresent() || newer.isEmpty() ? own.or(() -> mergedNext(version, merged)) : newer;
      newer = next;
      found.add(own.or(() -> next.filter(request -> mayHaveBrought(request, version))));
    }
    return found;
  }

  /** One of this service, and no older than the proposal, whose first commit came before it. */
  private static boolean mayHaveBrought(MergeRequest request, Version version) {
    return version.requestId().isPresent()
        && request.createdAt() != null
        && !version.at().isBefore(request.createdAt().minus(LONGEST_OPENING));
  }

  /** By the clocks, for the first of a part of the history. */
  private static Optional<MergeRequest> mergedNext(Version version, List<MergeRequest> merged) {
    return merged.stream()
        .filter(request -> request.mergedAt() != null && !request.mergedAt().isBefore(version.at()))
        .min(Comparator.comparing(request -> Objects.requireNonNull(request.mergedAt())));
  }

  /** Version of the directory to the first time that Argo CD brought it to the cluster. */
  private Map<String, Instant> synced(RayServiceId id) {
    Map<String, Instant> times = new HashMap<>();
    syncTimes
        .of(id)
        .forEach((revision, at) -> {
          String version = repository.treeIdsAt(Map.of(id, revision)).get(id);
          if (version != null) {
            times.merge(version, at, (a, b) -> a.isBefore(b) ? a : b);
          }
        });
    return times;
  }
}
