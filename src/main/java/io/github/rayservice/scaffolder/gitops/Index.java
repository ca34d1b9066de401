package io.github.rayservice.scaffolder.gitops;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.RayServiceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
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
final class Index {
  /** Deeper below {@link RayServiceId#ROOT} there are only files of one Ray Service. */
  private static final int DEPTH = 2;

  /** An instance is a few kB; what is much larger is none, and is not loaded. */
  static final int LARGEST_FILE = 1 << 20;

  /**
   * Beyond so many new commits their difference is read at once; who made which change is then
   * looked up when asked.
   */
  private static final int MOST_STEPS = 512;

  private final SummaryReader summaries;
  private Snapshot latest = Snapshot.empty();

  Index(SummaryReader summaries) {
    this.summaries = summaries;
  }

  synchronized Snapshot at(Repository repository, ObjectId commit) throws IOException {
    if (latest.commit().equals(commit)) {
      return latest;
    }
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit target = walk.parseCommit(commit);
      Deque<RevCommit> steps = steps(walk, target);
      if (steps.isEmpty()) {
        latest = step(walk, treeOf(walk, latest.commit()), target, false).forgetChanges();
      }
      while (!steps.isEmpty()) {
        RevCommit next = steps.pop();
        latest = step(walk, treeOf(walk, latest.commit()), next, true);
      }
      return latest;
    }
  }

  /**
   * The commits that lead from the latest snapshot to the target, oldest first; empty when there is
   * no short way.
   */
  private Deque<RevCommit> steps(RevWalk walk, RevCommit target) throws IOException {
    Deque<RevCommit> steps = new ArrayDeque<>();
    RevCommit commit = target;
    while (!commit.equals(latest.commit())) {
      if (commit.getParentCount() == 0 || steps.size() == MOST_STEPS) {
        return new ArrayDeque<>();
      }
      steps.push(commit);
      commit = walk.parseCommit(commit.getParent(0));
    }
    return steps;
  }

  private static ObjectId treeOf(RevWalk walk, ObjectId commit) throws IOException {
    return commit.equals(ObjectId.zeroId())
        ? ObjectId.zeroId()
        : walk.parseCommit(commit).getTree().getId();
  }

  private Snapshot step(RevWalk walk, ObjectId oldTree, RevCommit commit, boolean single)
      throws IOException {
    ObjectReader reader = walk.getObjectReader();
    Snapshot snapshot = latest;
    try (TreeWalk trees = new TreeWalk(reader)) {
      trees.addTree(iterator(reader, oldTree));
      trees.addTree(iterator(reader, commit.getTree()));
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
          snapshot =
              FileMode.TREE.equals(trees.getRawMode(1))
                  ? snapshot.with(
                      read(reader, id.get(), trees.getObjectId(1)),
                      single ? Optional.of(commit.getId()) : Optional.empty())
                  : snapshot.without(id.get());
        }
      }
    }
    return snapshot.at(commit.getId());
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
      Summary summary = summaries.read(id, instance(reader, directory));
      return new IndexEntry(id, version, Optional.of(summary), Optional.empty());
    } catch (SummaryReader.UnreadableException e) {
      return new IndexEntry(id, version, Optional.empty(), Optional.ofNullable(e.getMessage()));
    }
  }

  private static String instance(ObjectReader reader, ObjectId directory) throws IOException {
    try (TreeWalk file = TreeWalk.forPath(reader, SummaryReader.FILE, directory)) {
      if (file == null) {
        throw new SummaryReader.UnreadableException("has no " + SummaryReader.FILE);
      }
      return text(reader, file.getObjectId(0), file.getFileMode(0))
          .orElseThrow(() ->
              new SummaryReader.UnreadableException(
                  SummaryReader.FILE + " is no plain UTF-8 text file below 1 MiB"));
    }
  }

  /** Empty for what is no plain file, too large, or no UTF-8. */
  static Optional<String> text(ObjectReader reader, ObjectId blob, FileMode mode)
      throws IOException {
    if (!FileMode.REGULAR_FILE.equals(mode.getBits())
        && !FileMode.EXECUTABLE_FILE.equals(mode.getBits())) {
      return Optional.empty();
    }
    try {
      ObjectLoader file = reader.open(blob);
      return file.getSize() > LARGEST_FILE
          ? Optional.empty()
          : Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(file.getBytes())).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
