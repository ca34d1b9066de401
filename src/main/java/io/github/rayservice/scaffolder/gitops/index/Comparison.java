package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.Landing;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/** What a Ray Service's own branch has and the branch that Argo CD follows has not. */
public final class Comparison {
  private Comparison() {}

  /** The open proposal of a Ray Service that has one. */
  public static Proposal of(Head head, RayServiceId id, ObjectReader reader) throws IOException {
    ObjectId tip = head.proposals().openTip(id).orElseThrow();
    Optional<IndexEntry> accepted = head.accepted().find(id);
    Optional<IndexEntry> proposed = head.proposals().open().find(id);
    SortedMap<String, String> before = files(reader, accepted);
    SortedMap<String, String> after = files(reader, proposed);
    return new Proposal(
        id,
        RefNames.proposalBranch(id),
        tip.name(),
        result(accepted, proposed),
        proposed.map(IndexEntry::version),
        proposed.flatMap(IndexEntry::summary),
        UnifiedDiff.between(before, after));
  }

  private static Landing.Result result(
      Optional<IndexEntry> accepted, Optional<IndexEntry> proposed) {
    if (accepted.map(IndexEntry::version).equals(proposed.map(IndexEntry::version))) {
      return Landing.Result.UNCHANGED;
    }
    if (accepted.isEmpty()) {
      return Landing.Result.CREATED;
    }
    return proposed.isEmpty() ? Landing.Result.DELETED : Landing.Result.UPDATED;
  }

  private static SortedMap<String, String> files(ObjectReader reader, Optional<IndexEntry> entry)
      throws IOException {
    return entry.isEmpty() ? new TreeMap<>() : Head.stored(reader, entry.get()).paths();
  }
}
