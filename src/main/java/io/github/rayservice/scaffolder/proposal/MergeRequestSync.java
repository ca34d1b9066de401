package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * What people did with proposals on GitLab. Where one stands is asked of Git and GitLab each time,
 * so that any try, also after a crash, goes on where the last one ended.
 */
@ApplicationScoped
public class MergeRequestSync {
  private static final Logger LOG = Logger.getLogger(MergeRequestSync.class);

  private final GitlabClient gitlab;
  private final GitlabConfig config;
  private final GitopsRepository repository;
  private final MergeRequestCache mergeRequestCache;

  public MergeRequestSync(
      GitlabClient gitlab,
      GitlabConfig config,
      GitopsRepository repository,
      MergeRequestCache mergeRequestCache) {
    this.gitlab = gitlab;
    this.config = config;
    this.repository = repository;
    this.mergeRequestCache = mergeRequestCache;
  }

  /** Whether changes are merge requests at all. */
  public boolean enabled() {
    return repository.proposes();
  }

  /**
   * Makes sure that a branch whose proposal people have merged or closed is not built upon.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public void refreshState(RayServiceId id) {
    if (enabled() && repository.hasBranch(id)) {
      newest(id);
    }
  }

  /**
   * The newest merge request of a Ray Service, in any state, also when its branch is gone.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public Optional<MergeRequestStatus> review(RayServiceId id) {
    if (!enabled()) {
      return Optional.empty();
    }
    return newest(id)
        .map(newest -> newest.isOpen() ? record(id, gitlab.mergeRequest(newest.iid())) : newest)
        .map(MergeRequestStatus::of);
  }

  private Optional<MergeRequest> newest(RayServiceId id) {
    return gitlab
        .newest(RefNames.proposalBranch(id), repository.branch())
        .map(newest -> record(id, newest));
  }

  /** Takes notice of what GitLab just said. */
  MergeRequest record(RayServiceId id, MergeRequest said) {
    MergeRequest newest = mergeRequestCache.record(id, said);
    if (newest.isOpen()) {
      repository.markOpen(id);
    } else {
      Optional<Proposal> proposal = repository.find(id).proposal();
      if (proposal.isPresent()) {
        markClosedIfDone(proposal.get(), newest);
      }
    }
    return newest;
  }

  /** A commit that came after people had merged or closed is a proposal of its own. */
  private boolean markClosedIfDone(Proposal proposal, MergeRequest newest) {
    boolean done = !newest.isOpen() && proposal.commit().equals(newest.sha());
    if (done) {
      repository.markClosed(proposal.id(), proposal.commit());
    }
    return done;
  }

  /**
   * Finds the open proposals that people have merged or closed, lets go of what they held, and
   * removes their branches where the platform wants that. A branch that never had a merge request
   * stays: the request that made it will come again.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public void sweep() {
    // GitLab may have merged and removed the branch itself: then only what was seen tells of it.
    Set<RayServiceId> ids = new HashSet<>(mergeRequestCache.open());
    ids.addAll(repository.openProposals().keySet());
    if (ids.isEmpty()) {
      return;
    }
    Map<String, MergeRequest> open = new HashMap<>();
    gitlab.open(repository.branch()).forEach(request -> open.put(request.sourceBranch(), request));
    for (RayServiceId id : ids) {
      MergeRequest request = open.get(RefNames.proposalBranch(id));
      if (request == null) {
        refresh(id);
      } else {
        record(id, request);
      }
    }
  }

  /**
   * Looks what became of one proposal, and tidies up behind it.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public void refresh(RayServiceId id) {
    Optional<Proposal> before = repository.find(id).proposal();
    Optional<MergeRequest> newest = newest(id);
    if (newest.isEmpty()) {
      mergeRequestCache.forget(id);
    }
    if (before.isEmpty() || newest.isEmpty() || !markClosedIfDone(before.get(), newest.get())) {
      return;
    }
    LOG.infof("!%d of Ray Service %s is %s", newest.get().iid(), id, newest.get().state());
    if (config.removeStaleBranches() && repository.removeBranch(id, before.get().commit())) {
      LOG.infof("removed the branch %s", before.get().branch());
    }
  }
}
