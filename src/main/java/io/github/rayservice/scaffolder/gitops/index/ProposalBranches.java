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
import java.util.stream.Collectors;
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

  private Proposals latest = Proposals.NONE;

  ProposalBranches(RayServiceIndex index, ClosedProposals closed) {
    this.index = index;
    this.closed = closed;
  }

  synchronized Proposals at(Repository repository) throws IOException {
    Map<RayServiceId, ObjectId> tips = new HashMap<>();
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(PREFIX)) {
      RefNames.proposalOf(ref.getName().substring(Constants.R_HEADS.length()))
          .ifPresent(id -> tips.put(id, ref.getObjectId()));
    }
    Set<RayServiceId> notOpen =
        tips.entrySet().stream()
            .filter(branch -> isClosed(branch.getKey(), branch.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
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
    latest = new Proposals(TreePMap.from(tips), open, notOpen);
    return latest;
  }

  private boolean isClosed(RayServiceId id, ObjectId tip) {
    return closed.closedAt(id).filter(commit -> commit.equals(tip.name())).isPresent();
  }
}
