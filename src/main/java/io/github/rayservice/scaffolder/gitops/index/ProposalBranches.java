package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
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
public final class ProposalBranches {
  private static final String PREFIX = Constants.R_HEADS + RefNames.PROPOSALS;

  private final RayServiceIndex index;

  /** Settled proposals by the tip that they were settled with: a new commit opens one again. */
  private final Map<RayServiceId, ObjectId> settled = new HashMap<>();

  private Proposals latest = Proposals.NONE;

  ProposalBranches(RayServiceIndex index) {
    this.index = index;
  }

  /** People have merged or closed what the branch proposed with this tip. */
  public synchronized void markClosed(RayServiceId id, ObjectId tip) {
    settled.put(id, tip);
  }

  /** What was closed is open again. */
  public synchronized void markOpen(RayServiceId id) {
    settled.remove(id);
  }

  synchronized Proposals at(Repository repository) throws IOException {
    Map<RayServiceId, ObjectId> tips = new HashMap<>();
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(PREFIX)) {
      RefNames.proposalOf(ref.getName().substring(Constants.R_HEADS.length()))
          .ifPresent(id -> tips.put(id, ref.getObjectId()));
    }
    settled.entrySet().removeIf(e -> !e.getValue().equals(tips.get(e.getKey())));
    Set<RayServiceId> notOpen = Set.copyOf(settled.keySet());
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
}
