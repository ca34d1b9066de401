package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummaryReader;
import io.github.rayservice.scaffolder.gitops.object.TextFiles;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.AbstractTreeIterator;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/**
 * Keeps a {@link Snapshot} up to date by the difference between two commits. Trees whose names are
 * equal are not entered, so that one changed Ray Service costs the same among ten and among ten
 * thousand.
 */
final class RayServiceIndex {
  /** Deeper below {@link RayServiceId#ROOT} there are only files of one Ray Service. */
  private static final int DEPTH = 2;

  /**
   * Beyond so many new commits their difference is read at once; who made which change is then
   * looked up when asked.
   */
  private static final int MOST_STEPS = 512;

  private final InstanceSummaryReader summaries;
  private Snapshot latest = Snapshot.empty();

  RayServiceIndex(InstanceSummaryReader summaries) {
    this.summaries = summaries;
  }

  synchronized Snapshot at(Repository repository, ObjectId commit) throws IOException {
    if (latest.commit().equals(commit)) {
      return latest;
    }
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit target = walk.parseCommit(commit);
      Optional<Map<RayServiceId, ObjectId>> changes = changes(walk, target);
      latest =
          changes.isPresent()
              ? step(walk, target, changes.get())
              : step(walk, target, Map.of()).forgetChanges();
      return latest;
    }
  }

  /**
   * Which commit since the latest snapshot changed each Ray Service last; empty when there is no
   * short way from there. Only trees are read: files of commits that are not the newest may not be
   * here.
   */
  private Optional<Map<RayServiceId, ObjectId>> changes(RevWalk walk, RevCommit target)
      throws IOException {
    Deque<RevCommit> steps = new ArrayDeque<>();
    RevCommit commit = target;
    while (!commit.equals(latest.commit())) {
      if (commit.getParentCount() == 0 || steps.size() == MOST_STEPS) {
        return Optional.empty();
      }
      steps.push(commit);
      commit = walk.parseCommit(commit.getParent(0));
    }
    Map<RayServiceId, ObjectId> changes = new HashMap<>();
    for (RevCommit step : steps) {
      ObjectId parent = walk.parseCommit(step.getParent(0)).getTree();
      difference(
          walk.getObjectReader(),
          parent,
          step.getTree(),
          (id, tree) -> changes.put(id, step.getId()));
    }
    return Optional.of(changes);
  }

  private Snapshot step(RevWalk walk, RevCommit target, Map<RayServiceId, ObjectId> changes)
      throws IOException {
    ObjectReader reader = walk.getObjectReader();
    ObjectId old =
        latest.commit().equals(ObjectId.zeroId())
            ? ObjectId.zeroId()
            : walk.parseCommit(latest.commit()).getTree().getId();
    Snapshot[] snapshot = {latest};
    difference(
        reader,
        old,
        target.getTree(),
        (id, tree) ->
            snapshot[0] =
                tree.isPresent()
                    ? snapshot[0].with(
                        read(reader, id, tree.get()), Optional.ofNullable(changes.get(id)))
                    : snapshot[0].without(id));
    return snapshot[0].at(target.getId());
  }

  private interface Difference {
    /** The directory's new tree; empty when it is gone. */
    void differs(RayServiceId id, Optional<ObjectId> tree) throws IOException;
  }

  private static void difference(
      ObjectReader reader, ObjectId before, ObjectId after, Difference difference)
      throws IOException {
    try (TreeWalk trees = new TreeWalk(reader)) {
      trees.addTree(iterator(reader, before));
      trees.addTree(iterator(reader, after));
      // Most entries of a large tree are equal, which is quicker to see than their place.
      trees.setFilter(
          AndTreeFilter.create(TreeFilter.ANY_DIFF, PathFilter.create(RayServiceId.ROOT)));
      while (trees.next()) {
        if (trees.getDepth() < DEPTH) {
          if (trees.isSubtree()) {
            trees.enterSubtree();
          }
          continue;
        }
        List<String> path = List.of(trees.getPathString().split("/", -1));
        Optional<RayServiceId> id = RayServiceId.of(path.get(1), path.get(2));
        if (id.isPresent()) {
          difference.differs(
              id.get(),
              FileMode.TREE.equals(trees.getRawMode(1))
                  ? Optional.of(trees.getObjectId(1))
                  : Optional.empty());
        }
      }
    }
  }

  /** What one commit holds of a Ray Service. */
  Optional<IndexEntry> entry(Repository repository, ObjectId commit, RayServiceId id)
      throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      ObjectReader reader = walk.getObjectReader();
      Optional<ObjectId> directory = History.directory(reader, walk.parseCommit(commit), id);
      return directory.isEmpty()
          ? Optional.empty()
          : Optional.of(read(reader, id, directory.get()));
    }
  }

  private static AbstractTreeIterator iterator(ObjectReader reader, ObjectId tree)
      throws IOException {
    return tree.equals(ObjectId.zeroId())
        ? new EmptyTreeIterator()
        : new CanonicalTreeParser(new byte[0], reader, tree);
  }

  private IndexEntry read(ObjectReader reader, RayServiceId id, ObjectId directory)
      throws IOException {
    String version = directory.name();
    try {
      InstanceSummary summary = summaries.read(id, instance(reader, directory));
      return new IndexEntry(id, version, Optional.of(summary), Optional.empty());
    } catch (InstanceSummaryReader.UnreadableException e) {
      return new IndexEntry(id, version, Optional.empty(), Optional.ofNullable(e.getMessage()));
    }
  }

  private static String instance(ObjectReader reader, ObjectId directory) throws IOException {
    try (TreeWalk file = TreeWalk.forPath(reader, InstanceSummaryReader.FILE, directory)) {
      if (file == null) {
        throw new InstanceSummaryReader.UnreadableException("has no " + InstanceSummaryReader.FILE);
      }
      return TextFiles.text(reader, file.getObjectId(0), file.getFileMode(0))
          .orElseThrow(() ->
              new InstanceSummaryReader.UnreadableException(
                  InstanceSummaryReader.FILE + " is no plain UTF-8 text file below 1 MiB"));
    }
  }
}
