package io.github.rayservice.scaffolder.gitops;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;

/**
 * Writes the objects of one change on top of one head. Until a ref is moved to them nobody sees
 * them.
 */
final class CommitWriter implements AutoCloseable {
  private final Head head;
  private final PersonIdent committer;
  private final RequestLog requests;
  private final ObjectReader reader;
  private final ObjectInserter inserter;
  private final RevWalk walk;

  CommitWriter(Head head, GitopsConfig.Committer committer, Clock clock, RequestLog requests) {
    this.head = head;
    this.committer =
        new PersonIdent(committer.name(), committer.email(), clock.instant(), clock.getZone());
    this.requests = requests;
    this.reader = head.repository().newObjectReader();
    this.inserter = head.repository().newObjectInserter();
    this.walk = new RevWalk(reader);
  }

  /**
   * The answer that this request got before.
   *
   * @throws GitopsException.KeyReused when its key belongs to another request
   */
  Optional<RequestLog.Answered> answered(ChangeRequest request) throws IOException {
    if (request.key().isEmpty()) {
      return Optional.empty();
    }
    Optional<RequestLog.Answered> earlier =
        requests.find(reader, treeOf(head.requests()), request.key().get());
    if (earlier.isPresent() && !earlier.get().digest().equals(request.digest())) {
      throw new GitopsException.KeyReused();
    }
    return earlier;
  }

  /** Writes the commit; its author is the person who asked, its committer this service. */
  ObjectId write(Change change, Plan plan, ChangeRequest request) throws IOException {
    CommitBuilder commit = new CommitBuilder();
    commit.setTreeId(edit(new TreeEdit(reader, inserter), treeOf(head.commit()), change, plan));
    commit.setParentId(head.commit());
    commit.setAuthor(
        new PersonIdent(
            request.author().name(),
            request.author().email(),
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

  private static ObjectId edit(TreeEdit edit, ObjectId root, Change change, Plan plan)
      throws IOException {
    String directory = change.id().directory();
    return plan.result() == Landing.Result.DELETED
        ? edit.remove(root, directory)
        : edit.put(root, directory, plan.written());
  }

  /**
   * Goes through the motions without writing.
   *
   * @throws GitopsException.UnsafePath as {@link #write} would
   */
  static void requireWritable(Head head, Change change, Plan plan) throws IOException {
    try (RevWalk walk = new RevWalk(head.repository());
        ObjectInserter onlyNames = new OnlyNames()) {
      ObjectId root = walk.parseCommit(head.commit()).getTree().getId();
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

  /** Adds the answer to the log, if its request has a key. */
  Optional<ReceiveCommand> remember(ChangeRequest request, RequestLog.Answered answered)
      throws IOException {
    if (request.key().isEmpty()) {
      return Optional.empty();
    }
    CommitBuilder entry = new CommitBuilder();
    entry.setTreeId(
        requests.with(reader, inserter, treeOf(head.requests()), request.key().get(), answered));
    if (!head.requests().equals(ObjectId.zeroId())) {
      entry.setParentId(head.requests());
    }
    entry.setAuthor(committer);
    entry.setCommitter(committer);
    entry.setMessage("Answer a request\n");
    return Optional.of(new ReceiveCommand(head.requests(), inserter.insert(entry), RequestLog.REF));
  }

  private ObjectId treeOf(ObjectId commit) throws IOException {
    return commit.equals(ObjectId.zeroId())
        ? ObjectId.zeroId()
        : walk.parseCommit(commit).getTree().getId();
  }

  void flush() throws IOException {
    inserter.flush();
  }

  @Override
  public void close() {
    walk.close();
    inserter.close();
    reader.close();
  }
}
