package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jboss.logging.Logger;

/**
 * Tells this service's refs that are commits from those that people made something else of. Such a
 * ref says nothing, and is no sign of a broken copy.
 */
final class CommitRefs {
  private static final Logger LOG = Logger.getLogger(CommitRefs.class);

  private final Map<String, ObjectId> reported = new HashMap<>();
  private Requests requests = new Requests(ObjectId.zeroId(), ObjectId.zeroId());

  /** The tree of {@link RefNames#REQUESTS} where it was seen last; the zero id for none. */
  private record Requests(ObjectId at, ObjectId tree) {}

  /** The tree of the requests' commit; the zero id when it is none. Read once for each move. */
  synchronized ObjectId remembered(Repository repository, ObjectId at) throws IOException {
    if (!requests.at().equals(at)) {
      requests =
          new Requests(
              at,
              commit(repository, RefNames.REQUESTS, at)
                  .map(commit -> commit.getTree().getId())
                  .orElse(ObjectId.zeroId()));
    }
    return requests.tree();
  }

  /**
   * The commit at which a ref is; empty when it is none, which is logged once.
   *
   * @param at the zero id for a ref that is not there
   */
  Optional<RevCommit> commit(Repository repository, String ref, ObjectId at) throws IOException {
    if (at.equals(ObjectId.zeroId())) {
      return Optional.empty();
    }
    try (RevWalk walk = new RevWalk(repository)) {
      RevObject found = walk.parseAny(at);
      if (found instanceof RevCommit commit) {
        return Optional.of(commit);
      }
      report(ref, found);
      return Optional.empty();
    }
  }

  private synchronized void report(String ref, RevObject found) {
    if (!found.equals(reported.put(ref, found.getId()))) {
      LOG.warnf(
          "%s is the %s %s and no commit; it is passed over, and the next write there replaces it",
          ref, Constants.typeString(found.getType()), found.name());
    }
  }
}
