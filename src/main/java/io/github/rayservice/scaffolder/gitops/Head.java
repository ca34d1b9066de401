package io.github.rayservice.scaffolder.gitops;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;

/**
 * Where the repository's refs stand at one moment, and what they mean.
 *
 * @param branch short name of the branch that changes go to
 * @param commit the branch's commit, to which the snapshot belongs
 * @param requests the commit of {@link RequestLog#REF}; the zero id before the first request with a
 *     key
 */
record Head(
    Repository repository, String branch, Snapshot snapshot, ObjectId commit, ObjectId requests) {

  static Head of(Repository repository, String branch, Index index) throws IOException {
    String name = Constants.R_HEADS + branch;
    Map<String, Ref> refs = repository.getRefDatabase().exactRef(name, RequestLog.REF);
    ObjectId commit =
        target(refs, name)
            .orElseThrow(() ->
                new GitopsException.Unavailable(
                    "the GitOps repository has no branch " + branch, null));
    return new Head(
        repository,
        branch,
        index.at(repository, commit),
        commit,
        target(refs, RequestLog.REF).orElse(ObjectId.zeroId()));
  }

  private static Optional<ObjectId> target(Map<String, Ref> refs, String name) {
    return Optional.ofNullable(refs.get(name)).map(Ref::getObjectId);
  }
}
