package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitlab.MergeRequestState;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What people did with proposals on GitLab. A write asks Git and GitLab each time, so that any try,
 * also after a crash, goes on where the last one ended; reads share a recent answer.
 */
@ApplicationScoped
public class MergeRequestSync {
  private static final Logger LOG = Logger.getLogger(MergeRequestSync.class);

  private final GitlabClient gitlab;
  private final GitlabConfig config;
  private final GitopsRepository repository;
  private final MergeRequestCache mergeRequestCache;
  private final RecentReviews recent;

  public MergeRequestSync(
      GitlabClient gitlab,
      GitlabConfig config,
      GitopsRepository repository,
      MergeRequestCache mergeRequestCache,
      RecentReviews recent) {
    this.gitlab = gitlab;
    this.config = config;
    this.repository = repository;
    this.mergeRequestCache = mergeRequestCache;
    this.recent = recent;
  }

  /** Whether changes are merge requests at all. */
  public boolean enabled() {
    return repository.proposes();
  }

  /**
   * A Ray Service's branch before something is built on it.
   *
   * @param tip where it was; empty when there was none
   * @param newest its newest merge request, in any state
   */
  public record CheckedBranch(Optional<String> tip, Optional<MergeRequest> newest) {}

  /**
   * Makes sure that a branch whose proposal people have merged or closed is not built upon. GitLab
   * is asked only about a branch that this process has seen.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public CheckedBranch check(RayServiceId id) {
    Optional<String> tip = repository.branchTip(id);
    return new CheckedBranch(tip, tip.isPresent() ? newest(id) : Optional.empty());
  }

  /**
   * The newest merge request of a Ray Service, in any state, also when its branch is gone; at most
   * {@link GitlabConfig#reviewMaxAge} old.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public Optional<MergeRequestStatus> review(RayServiceId id) {
    if (!enabled()) {
      return Optional.empty();
    }
    return recent.newest(id, () -> inFull(id)).map(MergeRequestStatus::of);
  }

  private Optional<MergeRequest> inFull(RayServiceId id) {
    return newest(id)
        .map(newest -> newest.isOpen() ? record(id, gitlab.mergeRequest(newest.iid())) : newest);
  }

  /**
   * The merged merge requests of a Ray Service; at most the newest hundred, as they were at most
   * {@link GitlabConfig#reviewMaxAge} ago.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public List<MergeRequest> merged(RayServiceId id) {
    return enabled()
        ? recent.merged(id, () -> gitlab.merged(RefNames.proposalBranch(id), repository.branch()))
        : List.of();
  }

  Optional<MergeRequest> newest(RayServiceId id) {
    return gitlab
        .newest(RefNames.proposalBranch(id), repository.branch())
        .map(newest -> record(id, newest));
  }

  /**
   * Remembers what GitLab said. The copy of Git is given up first: nobody may see that a change is
   * merged and then look for it in an older Git.
   */
  MergeRequest record(RayServiceId id, MergeRequest said) {
    if (said.state() == MergeRequestState.MERGED && !mergeRequestCache.isMerged(id, said)) {
      repository.invalidate();
    }
    return mergeRequestCache.record(id, said);
  }

  /**
   * Looks in a sweep what became of one proposal, and tidies up behind it: the branch of one that
   * people have merged or closed is removed where the platform wants that.
   *
   * @return the proposal on the branch when its tip never had a merge request
   * @throws GitlabException when GitLab cannot be asked
   */
  Optional<Proposal> refresh(RayServiceId id) {
    Optional<Proposal> before = repository.find(id).proposal();
    Optional<MergeRequest> newest = newest(id);
    if (newest.isEmpty()) {
      mergeRequestCache.forget(id);
    }
    if (before.isEmpty() || newest.filter(MergeRequest::isOpen).isPresent()) {
      return Optional.empty();
    }
    if (newest.isEmpty() || !isClosed(before.get())) {
      return before;
    }
    removeBranch(id, newest.get(), before.get().commit());
    return Optional.empty();
  }

  /**
   * Looks what became of the proposal of which a webhook tells. Only GitLab is asked: what it says
   * wakes the synchronisation, which reads Git once. The branch of a closed one is removed where
   * the platform wants that, and that of a merged one where GitLab is not told to remove it.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  void look(RayServiceId id) {
    Optional<MergeRequest> newest = newest(id);
    if (newest.isEmpty()) {
      mergeRequestCache.forget(id);
    }
    newest
        .filter(request ->
            request.state() == MergeRequestState.CLOSED
                || (request.state() == MergeRequestState.MERGED && !config.removeSourceBranch()))
        .ifPresent(closed ->
            repository
                .branchTip(id)
                .filter(tip -> tip.equals(closed.sha()))
                .ifPresent(tip -> removeBranch(id, closed, tip)));
  }

  private void removeBranch(RayServiceId id, MergeRequest closed, String tip) {
    LOG.infof("!%d of Ray Service %s is %s", closed.iid(), id, closed.state().word());
    try {
      if (config.removeStaleBranches() && repository.removeBranch(id, tip)) {
        LOG.infof("removed the branch %s", RefNames.proposalBranch(id));
      }
    } catch (GitopsException.Refused e) {
      // GitLab lets nobody delete a protected branch by Git. It proposes nothing any more, and the
      // others must not wait for it.
      LOG.infof("the branch %s stays: %s", RefNames.proposalBranch(id), e.getMessage());
    }
  }

  /** A commit that came after people had merged or closed is a proposal of its own. */
  private boolean isClosed(Proposal proposal) {
    return mergeRequestCache.closedAt(proposal.id()).filter(proposal.commit()::equals).isPresent();
  }
}
