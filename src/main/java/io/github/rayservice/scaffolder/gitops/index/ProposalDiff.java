package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummaryReader;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevWalk;

/** What a Ray Service's own branch has and the branch that Argo CD follows has not. */
public final class ProposalDiff {
  private ProposalDiff() {}

  /** The open proposal of a Ray Service that has one. */
  public static Proposal of(RepositoryView view, RayServiceId id, ObjectReader reader)
      throws IOException {
    ObjectId tip = view.proposals().openTip(id).orElseThrow();
    Optional<IndexEntry> accepted = view.accepted().find(id);
    Optional<IndexEntry> proposed = view.proposals().open().find(id);
    SortedMap<String, String> before = files(reader, accepted);
    SortedMap<String, String> after = files(reader, proposed);
    return new Proposal(
        id,
        RefNames.proposalBranch(id),
        tip.name(),
        author(reader, tip),
        result(accepted, proposed),
        proposed.map(IndexEntry::version),
        proposed.flatMap(IndexEntry::summary),
        instance(id, before),
        instance(id, after),
        UnifiedDiff.between(before, after));
  }

  private static Optional<String> instance(RayServiceId id, SortedMap<String, String> files) {
    return Optional.ofNullable(files.get(id.directory() + "/" + InstanceSummaryReader.FILE));
  }

  private static String author(ObjectReader reader, ObjectId tip) throws IOException {
    try (RevWalk walk = new RevWalk(reader)) {
      return walk.parseCommit(tip).getAuthorIdent().getName();
    }
  }

  private static CommitResult.Outcome result(
      Optional<IndexEntry> accepted, Optional<IndexEntry> proposed) {
    if (accepted.map(IndexEntry::version).equals(proposed.map(IndexEntry::version))) {
      return CommitResult.Outcome.UNCHANGED;
    }
    if (accepted.isEmpty()) {
      return CommitResult.Outcome.CREATED;
    }
    return proposed.isEmpty() ? CommitResult.Outcome.DELETED : CommitResult.Outcome.UPDATED;
  }

  private static SortedMap<String, String> files(ObjectReader reader, Optional<IndexEntry> entry)
      throws IOException {
    return entry.isEmpty() ? new TreeMap<>() : RepositoryView.stored(reader, entry.get()).paths();
  }
}
