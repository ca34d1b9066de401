package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.eclipse.jgit.util.QuotedString;

/**
 * What a Ray Service's own branch would change beside that Ray Service. Whoever may push to the
 * branch may put anything there, and this service asks for the branch to be merged as a whole.
 */
public final class ForeignChanges {
  private ForeignChanges() {}

  /**
   * Makes sure that merging the base changes nothing outside of the Ray Service's directory. What
   * the branch that Argo CD follows got meanwhile is no change, also when it was merged into the
   * base.
   *
   * @throws GitopsException.ForeignBranch when it would
   */
  public static void refuse(RepositoryView.Base base, ObjectReader reader, RayServiceId id)
      throws IOException {
    if (base.commit().equals(base.view().commit())) {
      return;
    }
    try (RevWalk walk = new RevWalk(reader)) {
      RevCommit main = walk.parseCommit(base.view().commit());
      RevCommit tip = walk.parseCommit(base.commit());
      // With several, a merge starts from all of them.
      for (Optional<RevCommit> start : mergeBases(walk, main, tip)) {
        Optional<String> path = outside(reader, start, tip, id.directory());
        if (path.isPresent()) {
          throw new GitopsException.ForeignBranch(
              base.branch(),
              QuotedString.GIT_PATH.quote(path.get()),
              changedIn(reader, main, tip, path.get()).name());
        }
      }
    }
  }

  /** One that is empty says that the histories have nothing in common. */
  private static List<Optional<RevCommit>> mergeBases(RevWalk walk, RevCommit main, RevCommit tip)
      throws IOException {
    List<Optional<RevCommit>> bases = new ArrayList<>();
    walk.setRevFilter(RevFilter.MERGE_BASE);
    walk.markStart(List.of(main, tip));
    for (RevCommit base = walk.next(); base != null; base = walk.next()) {
      bases.add(Optional.of(base));
    }
    return bases.isEmpty() ? List.of(Optional.empty()) : bases;
  }

  /** The first path that differs and is not in the directory. */
  private static Optional<String> outside(
      ObjectReader reader, Optional<RevCommit> start, RevCommit tip, String directory)
      throws IOException {
    try (TreeWalk trees = new TreeWalk(reader)) {
      if (start.isPresent()) {
        trees.addTree(start.get().getTree());
      } else {
        trees.addTree(new EmptyTreeIterator());
      }
      trees.addTree(tip.getTree());
      trees.setFilter(TreeFilter.ANY_DIFF);
      trees.setRecursive(true);
      while (trees.next()) {
        String path = trees.getPathString();
        if (!path.equals(directory) && !path.startsWith(directory + "/")) {
          return Optional.of(path);
        }
      }
      return Optional.empty();
    }
  }

  /** The newest commit of the branch that changed the path. */
  private static RevCommit changedIn(
      ObjectReader reader, RevCommit main, RevCommit tip, String path) throws IOException {
    try (RevWalk walk = new RevWalk(reader)) {
      walk.setTreeFilter(AndTreeFilter.create(PathFilter.create(path), TreeFilter.ANY_DIFF));
      walk.markStart(walk.parseCommit(tip));
      walk.markUninteresting(walk.parseCommit(main));
      RevCommit found = walk.next();
      return found == null ? tip : found;
    }
  }
}
