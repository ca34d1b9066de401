package io.github.rayservice.scaffolder.gitops.commit;

import io.github.rayservice.scaffolder.gitops.index.History;
import io.github.rayservice.scaffolder.gitops.index.RepositoryView;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.object.TreeEdit;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;

/** Writes commits. They are visible once a ref is moved to them. */
public final class CommitWriter implements AutoCloseable {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

  private final PersonIdent committer;
  private final ObjectInserter inserter;
  private final ObjectReader reader;
  private final RevWalk walk;

  CommitWriter(Repository repository, GitopsConfig.Committer committer, Clock clock) {
    this.committer =
        new PersonIdent(committer.name(), committer.email(), clock.instant(), clock.getZone());
    this.inserter = repository.newObjectInserter();
    this.reader = inserter.newReader();
    this.walk = new RevWalk(reader);
  }

  /** Reads what is written here, too. */
  ObjectReader reader() {
    return reader;
  }

  ObjectInserter inserter() {
    return inserter;
  }

  /** Writes the commit; its author is the person who asked, its committer this service. */
  ObjectId write(ObjectId base, Change change, Plan plan, CommitRequest request)
      throws IOException {
    CommitBuilder commit = new CommitBuilder();
    commit.setTreeId(edit(new TreeEdit(reader, inserter), treeOf(base), change, plan));
    commit.setParentId(base);
    commit.setAuthor(
        new PersonIdent(
            oneLine(request.author().name()),
            oneLine(request.author().email()),
            committer.getWhenAsInstant(),
            committer.getZoneId()));
    commit.setCommitter(committer);
    commit.setMessage(
        "%s Ray Service %s\n\n%s: %s\n%s: %s\n"
            .formatted(
                change.verb(),
                change.id(),
                History.RAY_SERVICE,
                change.id(),
                History.REQUEST_ID,
                request.requestId()));
    return inserter.insert(commit);
  }

  /** JGit leaves NUL and carriage returns in a header; Git refuses the first. */
  private static String oneLine(String text) {
    return CONTROL.matcher(text).replaceAll(" ");
  }

  private static ObjectId edit(TreeEdit edit, ObjectId root, Change change, Plan plan)
      throws IOException {
    String directory = change.id().directory();
    return plan.outcome() == CommitResult.Outcome.DELETED
        ? edit.remove(root, directory)
        : edit.put(root, directory, plan.written());
  }

  /**
   * Goes through the motions without writing.
   *
   * @throws GitopsException.UnsafePath as {@link #write} would
   */
  public static void requireWritable(RepositoryView.Base base, Change change, Plan plan)
      throws IOException {
    try (RevWalk walk = new RevWalk(base.repository());
        ObjectInserter onlyNames = new OnlyNames()) {
      ObjectId root = walk.parseCommit(base.commit()).getTree().getId();
      edit(new TreeEdit(walk.getObjectReader(), onlyNames), root, change, plan);
    }
  }

  /** Tells what objects would be called. */
  private static final class OnlyNames extends ObjectInserter.Formatter {
    @Override
    public ObjectId insert(int type, long length, InputStream content) throws IOException {
      return idFor(type, length, content);
    }
  }

  /** Writes a commit of this service's own, with nothing to say but its tree. */
  ObjectId writeOwn(ObjectId tree, ObjectId parent, String message) throws IOException {
    CommitBuilder commit = new CommitBuilder();
    commit.setTreeId(tree);
    if (!parent.equals(ObjectId.zeroId())) {
      commit.setParentId(parent);
    }
    commit.setAuthor(committer);
    commit.setCommitter(committer);
    commit.setMessage(message);
    return inserter.insert(commit);
  }

  private ObjectId treeOf(ObjectId commit) throws IOException {
    return walk.parseCommit(commit).getTree().getId();
  }

  void flush() throws IOException {
    inserter.flush();
  }

  @Override
  public void close() {
    walk.close();
    reader.close();
    inserter.close();
  }
}
