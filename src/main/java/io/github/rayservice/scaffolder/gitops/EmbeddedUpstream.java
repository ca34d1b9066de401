package io.github.rayservice.scaffolder.gitops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The default: a bare repository on this machine is the GitOps repository itself. It is made on
 * first use and survives restarts and kill -9. Others may clone it and push to it; a second process
 * of this service may not use it.
 */
final class EmbeddedUpstream implements Upstream {
  private static final Logger LOG = Logger.getLogger(EmbeddedUpstream.class);
  private static final String OWNER_LOCK = "rayservice-scaffolder.lock";

  /**
   * Git holds a ref's lock file for milliseconds; one that outlives this was left by a process that
   * was killed.
   */
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(2);

  /** Each change leaves about ten loose objects; Git itself begins to pack at 6,700. */
  private static final int CHANGES_BETWEEN_PACKING = 256;

  private final Path directory;
  private final String branch;
  private final PersonIdent committer;
  private @Nullable Repository repository;
  private @Nullable FileChannel owner;
  private int changes;

  EmbeddedUpstream(GitopsConfig config) {
    this.directory = config.directory().toAbsolutePath().normalize();
    this.branch = Constants.R_HEADS + config.branch();
    this.committer = new PersonIdent(config.committer().name(), config.committer().email());
  }

  @Override
  public synchronized Repository refresh() {
    Repository open = repository;
    if (open == null) {
      try {
        open = open();
        repository = open;
      } catch (IOException e) {
        throw unavailable("open", e);
      }
    }
    return open;
  }

  private Repository open() throws IOException {
    Files.createDirectories(directory);
    owner = takeOwnership();
    removeStaleLocks();
    Repository opened =
        new FileRepositoryBuilder()
            .setBare()
            .setGitDir(directory.toFile())
            .setMustExist(false)
            .build();
    if (!opened.getObjectDatabase().exists()) {
      opened.create(true);
      StoredConfig config = opened.getConfig();
      config.setBoolean("receive", null, "denyNonFastForwards", true);
      config.save();
      LOG.infof("made the embedded GitOps repository %s", directory);
    }
    tune(opened.getConfig());
    if (opened.exactRef(branch) == null) {
      begin(opened);
    }
    return opened;
  }

  /**
   * What Git itself does by default and JGit does not. Not saved: Git has renamed two of the
   * settings and warns of the names that JGit reads.
   */
  private static void tune(StoredConfig config) {
    // An answer is given only for what is on the disk.
    config.setBoolean(ConfigConstants.CONFIG_CORE_SECTION, null, "fsyncObjectFiles", true);
    config.setBoolean(ConfigConstants.CONFIG_CORE_SECTION, null, "fsyncRefFiles", true);
    // Loose objects are packed soon, and are compressed then. Half of a large tree is names of
    // objects, on which
    // compression is lost anyway.
    config.setInt(
        ConfigConstants.CONFIG_CORE_SECTION,
        null,
        ConfigConstants.CONFIG_KEY_COMPRESSION,
        Deflater.NO_COMPRESSION);
    config.setInt(
        ConfigConstants.CONFIG_PACK_SECTION,
        null,
        ConfigConstants.CONFIG_KEY_COMPRESSION,
        Deflater.DEFAULT_COMPRESSION);
  }

  private FileChannel takeOwnership() throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(OWNER_LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      LOG.debug("held within this process", e);
    }
    channel.close();
    throw new IOException("another rayservice-scaffolder uses it");
  }

  /** A killed process leaves its lock files behind, and JGit waits for them in vain. */
  private void removeStaleLocks() throws IOException {
    long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
    List<Path> locks = locks();
    while (!locks.isEmpty() && System.nanoTime() < deadline) {
      pause();
      locks = locks();
    }
    for (Path lock : locks) {
      LOG.warnf("removing %s, left behind by a process that was killed", lock);
      Files.deleteIfExists(lock);
    }
  }

  private List<Path> locks() throws IOException {
    try (Stream<Path> top = Files.list(directory);
        Stream<Path> refs =
            Files.exists(directory.resolve("refs"))
                ? Files.walk(directory.resolve("refs"))
                : Stream.empty()) {
      return Stream.concat(top, refs)
          .filter(f -> f.toString().endsWith(".lock") && !f.endsWith(OWNER_LOCK))
          .toList();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for another Git process", e);
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
  public boolean publish(Repository target, List<ReceiveCommand> moves) {
    BatchRefUpdate batch = target.getRefDatabase().newBatchUpdate();
    batch.setAtomic(true);
    batch.setAllowNonFastForwards(false);
    batch.addCommand(moves);
    try (RevWalk walk = new RevWalk(target)) {
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
    packNowAndThen(target);
    return true;
  }

  private synchronized void packNowAndThen(Repository target) {
    if (++changes % CHANGES_BETWEEN_PACKING == 0) {
      // Looks whether there is enough to do, and works in a thread of its own.
      target.autoGC(NullProgressMonitor.INSTANCE);
    }
  }

  @Override
  public void probe() {
    try {
      Path probe = Files.createTempFile(directory.resolve("objects"), "probe", ".tmp");
      try {
        Files.write(probe, new byte[4096], StandardOpenOption.SYNC);
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      throw unavailable("write to", e);
    }
  }

  private GitopsException.Unavailable unavailable(String what, IOException e) {
    return new GitopsException.Unavailable(
        "cannot %s the GitOps repository %s: %s".formatted(what, directory, Reason.of(e)), e);
  }

  @Override
  public synchronized void close() {
    if (repository != null) {
      repository.close();
      repository = null;
    }
    if (owner != null) {
      try {
        owner.close();
      } catch (IOException e) {
        LOG.warnf(e, "cannot release %s", directory);
      }
      owner = null;
    }
  }
}
