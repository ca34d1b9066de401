package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Brings all proposals and their merge requests together again. */
@ApplicationScoped
public class MergeRequestSweep {
  private static final Logger LOG = Logger.getLogger(MergeRequestSweep.class);

  private final GitlabClient gitlab;
  private final GitopsRepository repository;
  private final MergeRequestSync mergeRequestSync;
  private final MergeRequestCache mergeRequestCache;
  private final MergeRequestPublisher publisher;

  /** Tips of this service that had no merge request at the last sweep. */
  private final Map<RayServiceId, String> lost = new ConcurrentHashMap<>();

  public MergeRequestSweep(
      GitlabClient gitlab,
      GitopsRepository repository,
      MergeRequestSync mergeRequestSync,
      MergeRequestCache mergeRequestCache,
      MergeRequestPublisher publisher) {
    this.gitlab = gitlab;
    this.repository = repository;
    this.mergeRequestSync = mergeRequestSync;
    this.mergeRequestCache = mergeRequestCache;
    this.publisher = publisher;
  }

  /**
   * Finds the open proposals that people have merged or closed, lets go of what they held, and
   * removes their branches where the platform wants that. A merge request that two sweeps miss was
   * lost, because a replica ended between its push and its call of GitLab: it is opened. One sweep
   * alone may just have come between the two.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public void sweep() {
    // GitLab may have merged and removed the branch itself: then only what was seen tells of it.
    Map<RayServiceId, String> tips = repository.openProposals();
    Set<RayServiceId> ids = new HashSet<>(mergeRequestCache.open());
    ids.addAll(tips.keySet());
    lost.keySet().retainAll(ids);
    mergeRequestCache.retainAlone(ids);
    if (ids.isEmpty()) {
      return;
    }
    Set<RayServiceId> open = new HashSet<>();
    for (MergeRequest request : gitlab.open(repository.branch())) {
      RefNames.proposalOf(request.sourceBranch())
          .ifPresent(id -> {
            open.add(id);
            mergeRequestSync.record(id, request);
          });
    }
    lost.keySet().removeAll(open);
    for (RayServiceId id : ids) {
      // One that others pushed and left alone is looked at again when it moves: there may be many.
      if (!open.contains(id) && !mergeRequestCache.isAlone(id, tips.getOrDefault(id, ""))) {
        mergeRequestSync.refresh(id).ifPresent(this::openLost);
      }
    }
  }

  private void openLost(Proposal proposal) {
    Authorship authorship = repository.authorship(proposal.id(), proposal.commit());
    if (authorship == Authorship.FOREIGN) {
      LOG.warnf(
          "the branch %s has no merge request, and this service did not write its tip %s; an hour after that commit it holds nothing against others",
          proposal.branch(), proposal.commit());
      mergeRequestCache.recordAlone(proposal.id(), proposal.commit());
      return;
    }
    if (!proposal.commit().equals(lost.put(proposal.id(), proposal.commit()))) {
      return;
    }
    try {
      publisher.openLost(proposal, authorship);
    } catch (GitlabException.Conflict | GitlabException.Refused e) {
      // The others must not wait for this one.
      LOG.warnf("cannot open a merge request for %s: %s", proposal.branch(), e.getMessage());
      mergeRequestCache.recordAlone(proposal.id(), proposal.commit());
    }
  }
}
