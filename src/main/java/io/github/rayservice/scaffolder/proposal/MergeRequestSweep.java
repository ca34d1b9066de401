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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
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

  /** Tips that had no merge request at the last sweep. */
  private final Map<RayServiceId, String> alone = new ConcurrentHashMap<>();

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
    Set<RayServiceId> ids = new HashSet<>(mergeRequestCache.open());
    ids.addAll(repository.openProposals().keySet());
    alone.keySet().retainAll(ids);
    if (ids.isEmpty()) {
      return;
    }
    Map<String, MergeRequest> open = new HashMap<>();
    gitlab.open(repository.branch()).forEach(request -> open.put(request.sourceBranch(), request));
    for (RayServiceId id : ids) {
      Optional<MergeRequest> request = Optional.ofNullable(open.get(RefNames.proposalBranch(id)));
      request.ifPresent(found -> mergeRequestSync.record(id, found));
      if (request.isPresent()) {
        alone.remove(id);
      } else {
        mergeRequestSync.refresh(id).ifPresent(this::openLost);
      }
    }
  }

  private void openLost(Proposal proposal) {
    boolean isNew = !proposal.commit().equals(alone.put(proposal.id(), proposal.commit()));
    Authorship authorship = repository.authorship(proposal.id(), proposal.commit());
    if (authorship == Authorship.FOREIGN) {
      if (isNew) {
        LOG.warnf(
            "the branch %s has no merge request, and this service did not write its tip %s",
            proposal.branch(), proposal.commit());
      }
      return;
    }
    if (isNew) {
      return;
    }
    try {
      publisher.openLost(proposal, authorship);
    } catch (GitlabException.Conflict | GitlabException.Refused e) {
      // The others must not wait for this one.
      LOG.warnf("cannot open a merge request for %s: %s", proposal.branch(), e.getMessage());
    }
  }
}
