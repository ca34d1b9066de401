package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.FooterKey;
import org.eclipse.jgit.revwalk.FooterLine;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** What commits did to a Ray Service. */
public final class History {
  public static final String RAY_SERVICE = "Ray-Service";
  public static final String REQUEST_ID = "Request-Id";

  private History() {}

  /** The commit that made the directory what it is on the base. */
  public static ObjectId lastChange(RepositoryView.Base base, RayServiceId id) throws IOException {
    Optional<ObjectId> known = base.services().changedIn(id);
    if (known.isPresent()) {
      return known.get();
    }
    try (RevWalk walk = new RevWalk(base.repository())) {
      walk.setTreeFilter(
          AndTreeFilter.create(PathFilter.create(id.directory()), TreeFilter.ANY_DIFF));
      walk.markStart(walk.parseCommit(base.commit()));
      RevCommit found = walk.next();
      if (found == null) {
        throw new MissingObjectException(base.commit(), "history of " + id.directory());
      }
      return found.getId();
    }
  }

  public static CommitResult describe(
      ObjectReader reader, String branch, ObjectId commit, RayServiceId id) throws IOException {
    try (RevWalk walk = new RevWalk(reader)) {
      RevCommit change = walk.parseCommit(commit);
      Optional<ObjectId> before =
          change.getParentCount() == 0
              ? Optional.empty()
              : directory(reader, walk.parseCommit(change.getParent(0)), id);
      Optional<ObjectId> after = directory(reader, change, id);
      return new CommitResult(
          id,
          before.isEmpty()
              ? CommitResult.Outcome.CREATED
              : after.isEmpty() ? CommitResult.Outcome.DELETED : CommitResult.Outcome.UPDATED,
          branch,
          change.name(),
          changedFiles(reader, before, after, id),
          after.map(ObjectId::name),
          requestId(change));
    }
  }

  static Optional<String> requestId(RevCommit change) {
    return change.getFooterLines().stream()
        .filter(line -> line.matches(new FooterKey(REQUEST_ID)))
        .map(FooterLine::getValue)
        .findFirst();
  }

  /**
   * Name of the directory's tree in a commit that somebody else named; empty when it has none, or
   * when that is no commit here.
   */
  public static Optional<String> versionIn(RevWalk walk, String commit, RayServiceId id)
      throws IOException {
    if (!ObjectId.isId(commit)) {
      return Optional.empty();
    }
    RevCommit parsed;
    try {
      parsed = walk.parseCommit(ObjectId.fromString(commit));
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      return Optional.empty();
    }
    return directory(walk.getObjectReader(), parsed, id).map(ObjectId::name);
  }

  /** Name of the directory's tree in a parsed commit. */
  static Optional<ObjectId> directory(ObjectReader reader, RevCommit commit, RayServiceId id)
      throws IOException {
    try (TreeWalk found = TreeWalk.forPath(reader, id.directory(), commit.getTree())) {
      return found != null && FileMode.TREE.equals(found.getRawMode(0))
          ? Optional.of(found.getObjectId(0))
          : Optional.empty();
    }
  }

  private static List<String> changedFiles(
      ObjectReader reader, Optional<ObjectId> before, Optional<ObjectId> after, RayServiceId id)
      throws IOException {
    List<String> files = new ArrayList<>();
    try (TreeWalk trees = new TreeWalk(reader)) {
      for (Optional<ObjectId> tree : List.of(before, after)) {
        if (tree.isPresent()) {
          trees.addTree(tree.get());
        } else {
          trees.addTree(new EmptyTreeIterator());
        }
      }
      trees.setRecursive(true);
      trees.setFilter(TreeFilter.ANY_DIFF);
      while (trees.next()) {
        files.add(id.directory() + "/" + trees.getPathString());
      }
    }
    return List.copyOf(files);
  }
}
