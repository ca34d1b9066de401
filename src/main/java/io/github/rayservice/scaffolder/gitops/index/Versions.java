package io.github.rayservice.scaffolder.gitops.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummaryReader;
import io.github.rayservice.scaffolder.gitops.model.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** The commits that changed a Ray Service since it was created last. */
public final class Versions {
  /** A form is a few kB; a larger file is a person's. */
  private static final int LARGEST = 1 << 20;

  private Versions() {}

  /**
   * Newest first. A merge commit is left out, because the commits that it merged are listed.
   *
   * @param after the commit behind which the list begins; empty for the newest
   * @param limit at least 1
   */
  public static List<Version> of(
      RepositoryView.Base base, RayServiceId id, Optional<String> after, int limit)
      throws IOException {
    List<Version> versions = new ArrayList<>();
    try (RevWalk walk = new RevWalk(base.repository())) {
      walk.setTreeFilter(
          AndTreeFilter.create(PathFilter.create(id.directory()), TreeFilter.ANY_DIFF));
      // Of a rewritten commit, the parents are those that the filter leaves.
      walk.setRewriteParents(false);
      walk.markStart(walk.parseCommit(base.commit()));
      boolean listed = after.isEmpty();
      for (RevCommit commit = walk.next();
          commit != null && versions.size() < limit;
          commit = walk.next()) {
        if (commit.getParentCount() > 1) {
          continue;
        }
        Version version = version(walk, commit, id);
        if (listed) {
          versions.add(version);
        }
        listed |= after.isPresent() && after.get().equals(version.commit());
        if (version.outcome() == CommitResult.Outcome.CREATED) {
          break;
        }
      }
    }
    return List.copyOf(versions);
  }

  private static Version version(RevWalk walk, RevCommit commit, RayServiceId id)
      throws IOException {
    ObjectReader reader = walk.getObjectReader();
    Optional<RevCommit> parent =
        commit.getParentCount() == 0
            ? Optional.empty()
            : Optional.of(walk.parseCommit(commit.getParent(0)));
    Optional<ObjectId> before =
        parent.isEmpty() ? Optional.empty() : History.directory(reader, parent.get(), id);
    Optional<ObjectId> after = History.directory(reader, commit, id);
    return new Version(
        commit.name(),
        commit.getCommitterIdent().getWhenAsInstant(),
        commit.getAuthorIdent().getName(),
        History.requestId(commit),
        before.isEmpty()
            ? CommitResult.Outcome.CREATED
            : after.isEmpty() ? CommitResult.Outcome.DELETED : CommitResult.Outcome.UPDATED,
        after.map(ObjectId::name),
        instance(reader, before),
        instance(reader, after));
  }

  private static Optional<String> instance(ObjectReader reader, Optional<ObjectId> directory)
      throws IOException {
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    try (TreeWalk found = TreeWalk.forPath(reader, InstanceSummaryReader.FILE, directory.get())) {
      return found == null
          ? Optional.empty()
          : Optional.of(new String(reader.open(found.getObjectId(0)).getBytes(LARGEST), UTF_8));
    } catch (LargeObjectException e) {
      return Optional.empty();
    }
  }
}
