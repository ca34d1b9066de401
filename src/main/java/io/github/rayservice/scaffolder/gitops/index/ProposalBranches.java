package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.ClosedProposals;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.pcollections.TreePMap;

/** Keeps {@link Proposals} up to date; only branches that moved are read. */
final class ProposalBranches {
  private static final String PREFIX = Constants.R_HEADS + RefNames.PROPOSALS;

  private final RayServiceIndex index;
  private final ClosedProposals closed;
  private final CommitRefs commits;

  private final Map<RayServiceId, ObjectId> noCommits = new HashMap<>();
  private Proposals latest = Proposals.NONE;

  ProposalBranches(RayServiceIndex index, ClosedProposals closed, CommitRefs commits) {
    this.index = index;
    this.closed = closed;
    this.commits = commits;
  }

  synchronized Proposals at(Repository repository) throws IOException {
    Map<RayServiceId, ObjectId> tips = new HashMap<>();
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(PREFIX)) {
      RefNames.proposalOf(ref.getName().substring(Constants.R_HEADS.length()))
          .ifPresent(id -> tips.put(id, ref.getObjectId()));
    }
    Set<RayServiceId> notOpen = new HashSet<>();
    for (Map.Entry<RayServiceId, ObjectId> branch : tips.entrySet()) {
      if (isClosed(branch.getKey(), branch.getValue())
          || isNoCommit(repository, branch.getKey(), branch.getValue())) {
        notOpen.add(branch.getKey());
      }
    }
    if (tips.equals(latest.tips()) && notOpen.equals(latest.closed())) {
      return latest;
    }
    Snapshot open = latest.open();
    Set<RayServiceId> changed = new HashSet<>(latest.tips().keySet());
    changed.addAll(tips.keySet());
    for (RayServiceId id : changed) {
      ObjectId tip = tips.get(id);
      if (tip == null || notOpen.contains(id)) {
        open = open.without(id);
      } else if (!tip.equals(latest.tips().get(id)) || latest.closed().contains(id)) {
        Optional<IndexEntry> entry = index.entry(repository, tip, id);
        open = entry.isPresent() ? open.with(entry.get(), Optional.empty()) : open.without(id);
      }
    }
    noCommits.keySet().retainAll(tips.keySet());
    latest = new Proposals(TreePMap.from(tips), open, Set.copyOf(notOpen));
    return latest;
  }

  /** Such a branch proposes nothing. A tip that was looked at before is not looked at again. */
  private boolean isNoCommit(Repository repository, RayServiceId id, ObjectId tip)
      throws IOException {
    if (!tip.equals(latest.tips().get(id))) {
      String ref = Constants.R_HEADS + RefNames.proposalBranch(id);
      if (commits.commit(repository, ref, tip).isEmpty()) {
        noCommits.put(id, tip);
      } else {
        noCommits.remove(id);
      }
    }
    return tip.equals(noCommits.get(id));
  }

  private boolean isClosed(RayServiceId id, ObjectId tip) {
    return closed.closedAt(id).filter(commit -> commit.equals(tip.name())).isPresent();
  }
}
