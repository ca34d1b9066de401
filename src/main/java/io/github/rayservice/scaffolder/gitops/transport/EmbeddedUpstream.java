package io.github.rayservice.scaffolder.gitops.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.object.TreeEdit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The default: a bare repository on this machine is the GitOps repository itself. It is made on
 * first use. Others may clone it and push to it; a second process of this service may not use it.
 */
public final class EmbeddedUpstream implements Upstream {
  private static final Logger LOG = Logger.getLogger(EmbeddedUpstream.class);

  private final Path directory;
  private final String branch;
  private final PersonIdent committer;
  private @Nullable LocalRepository local;

  public EmbeddedUpstream(GitopsConfig config) {
    this.directory = config.directory().toAbsolutePath().normalize();
    this.branch = Constants.R_HEADS + config.branch();
    this.committer = new PersonIdent(config.committer().name(), config.committer().email());
  }

  @Override
  public String name() {
    return directory.toString();
  }

  @Override
  public Repository repository() {
    return open().repository();
  }

  @Override
  public Repository refresh() {
    return repository();
  }

  private synchronized LocalRepository open() {
    if (local == null) {
      try {
        local = openOrMake();
      } catch (IOException e) {
        throw unavailable("open", e);
      }
    }
    return local;
  }

  private LocalRepository openOrMake() throws IOException {
    LocalRepository opened = LocalRepository.open(directory, true);
    try {
      if (opened.repository().exactRef(branch) == null) {
        begin(opened.repository());
        LOG.infof("made the embedded GitOps repository %s", directory);
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void begin(Repository opened) throws IOException {
    opened.updateRef(Constants.HEAD).link(branch);
    String text =
        """
        # GitOps repository

        `rayservices/<namespace>/<name>/` holds one Ray Service: `rayservice.yaml`, the kro instance that Argo CD applies,
        and `catalog-info.yaml`, its entry in the Backstage catalog. rayservice-scaffolder writes both.
        """;
    try (ObjectReader reader = opened.newObjectReader();
        ObjectInserter inserter = opened.newObjectInserter()) {
      TreeEdit edit = new TreeEdit(reader, inserter);
      CommitBuilder first = new CommitBuilder();
      first.setTreeId(edit.put(ObjectId.zeroId(), "", Map.of("README.md", text.getBytes(UTF_8))));
      first.setAuthor(committer);
      first.setCommitter(committer);
      first.setMessage("Begin the GitOps repository\n");
      ObjectId commit = inserter.insert(first);
      inserter.flush();
      RefUpdate update = opened.updateRef(branch);
      update.setExpectedOldObjectId(ObjectId.zeroId());
      update.setNewObjectId(commit);
      RefUpdate.Result result = update.update();
      if (result != RefUpdate.Result.NEW) {
        throw new IOException("cannot make the branch " + branch + ": " + result);
      }
    }
  }

  @Override
  public void invalidate() {
    // Nothing is kept.
  }

  @Override
  public Session begin() {
    LocalRepository opened = open();
    return new Session() {
      @Override
      public Repository repository() {
        return opened.repository();
      }

      @Override
      public boolean publish(List<ReceiveCommand> moves) {
        return EmbeddedUpstream.this.publish(opened, moves);
      }

      @Override
      public void close() {
        // Nothing is held between the look and the move.
      }
    };
  }

  private boolean publish(LocalRepository opened, List<ReceiveCommand> moves) {
    BatchRefUpdate batch = opened.repository().getRefDatabase().newBatchUpdate();
    batch.setAtomic(true);
    batch.setAllowNonFastForwards(false);
    batch.addCommand(moves);
    try (RevWalk walk = new RevWalk(opened.repository())) {
      batch.execute(walk, NullProgressMonitor.INSTANCE);
    } catch (IOException e) {
      throw unavailable("write to", e);
    }
    for (ReceiveCommand move : moves) {
      switch (move.getResult()) {
        case OK -> {}
        case LOCK_FAILURE, REJECTED_NONFASTFORWARD -> {
          return false;
        }
        default -> {
          // Of a batch only one command carries the reason; the others say that the transaction was
          // aborted.
          if (!ReceiveCommand.isTransactionAborted(move)) {
            throw new GitopsException.Unavailable(
                "the GitOps repository %s refuses to move %s: %s %s"
                    .formatted(directory, move.getRefName(), move.getResult(), move.getMessage()),
                null);
          }
        }
      }
    }
    if (moves.stream().anyMatch(m -> m.getResult() != ReceiveCommand.Result.OK)) {
      return false;
    }
    opened.packIfDue();
    return true;
  }

  @Override
  public boolean rebuild(IOException broken) {
    if (open().isFailureOfDisk(broken)) {
      throw unavailable("write to", broken);
    }
    return false;
  }

  @Override
  public void probe() {
    try {
      open().probe();
    } catch (IOException e) {
      throw unavailable("write to", e);
    }
  }

  private GitopsException.Unavailable unavailable(String what, IOException e) {
    return new GitopsException.Unavailable(
        "cannot %s the GitOps repository %s: %s"
            .formatted(what, directory, LocalRepository.reason(directory, e)),
        e);
  }

  @Override
  public synchronized void close() {
    if (local != null) {
      local.close();
      local = null;
    }
  }
}
