package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.ErrorText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A bare repository in a directory of this machine, held by one process at a time. It survives kill
 * -9.
 */
final class LocalRepository implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(LocalRepository.class);
  private static final String OWNER_LOCK = "rayservice-scaffolder.lock";

  /**
   * Git holds a ref's lock file for milliseconds; one that outlives this was left by a process that
   * was killed.
   */
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(2);

  /** Each change leaves about ten loose objects; Git itself begins to pack at 6,700. */
  private static final int CHANGES_BETWEEN_PACKING = 256;

  /** Java has no type for it. The words depend on the language of the system. */
  private static final Pattern NO_SPACE =
      Pattern.compile("No space left on device|Disk quota exceeded");

  /** In bytes. What a failed write had taken is free again, so a full disk has a little left. */
  private static final long ROOM_FOR_A_CHANGE = 1 << 20;

  private final Path directory;
  private final boolean lasting;
  private final FileChannel owner;
  private @Nullable Repository repository;
  private int changes;

  private LocalRepository(Path directory, boolean lasting, FileChannel owner) {
    this.directory = directory;
    this.lasting = lasting;
    this.owner = owner;
  }

  /**
   * Opens the repository, or makes an empty one.
   *
   * @param lasting whether it is the only copy, so that what was written must be on the disk
   * @throws IOException also when another process of this service holds it
   */
  static LocalRepository open(Path directory, boolean lasting) throws IOException {
    Files.createDirectories(directory);
    LocalRepository local = new LocalRepository(directory, lasting, takeOwnership(directory));
    try {
      local.removeStaleLocks();
      local.loadOrRecreate();
      return local;
    } catch (IOException | RuntimeException e) {
      local.close();
      throw e;
    }
  }

  private void loadOrRecreate() throws IOException {
    try {
      load();
    } catch (IOException e) {
      if (lasting) {
        throw e;
      }
      LOG.warnf("%s is broken (%s) and is made again", directory, ErrorText.of(e));
      recreate();
    }
  }

  private void load() throws IOException {
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
    }
    tune(opened.getConfig());
    repository = opened;
  }

  Repository repository() {
    if (repository == null) {
      throw new IllegalStateException(directory + " is closed");
    }
    return repository;
  }

  /**
   * What Git itself does by default and JGit does not. Not saved: Git has renamed two of the
   * settings and warns of the names that JGit reads.
   */
  private void tune(StoredConfig config) {
    config.setBoolean(ConfigConstants.CONFIG_CORE_SECTION, null, "fsyncObjectFiles", lasting);
    config.setBoolean(ConfigConstants.CONFIG_CORE_SECTION, null, "fsyncRefFiles", lasting);
    // Loose objects are packed soon, and are compressed then. Half of a large tree is names of
    // objects, on which compression is lost anyway.
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

  private static FileChannel takeOwnership(Path directory) throws IOException {
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

  /** Packs what has piled up, every few hundred changes. */
  synchronized void packIfDue() {
    if (++changes % CHANGES_BETWEEN_PACKING == 0) {
      // Looks whether there is enough to do, and works in a thread of its own.
      repository().autoGC(NullProgressMonitor.INSTANCE);
    }
  }

  /**
   * Proves that it can be written.
   *
   * @throws IOException when it cannot
   */
  void probe() throws IOException {
    Path probe = Files.createTempFile(directory.resolve("objects"), "probe", ".tmp");
    try {
      Files.write(probe, new byte[4096], StandardOpenOption.SYNC);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /**
   * Whether a failure is the disk's: it is full, or it cannot be written. Then what is there is not
   * broken.
   */
  boolean isFailureOfDisk(IOException e) {
    if (isFull(directory, e)) {
      return true;
    }
    try {
      probe();
      return false;
    } catch (IOException unwritable) {
      LOG.debug("cannot be written", unwritable);
      return true;
    }
  }

  /** Why something failed in a directory. */
  static String reason(Path directory, IOException e) {
    return isFull(directory, e)
        ? "the disk is full (%s)".formatted(ErrorText.of(e))
        : ErrorText.of(e);
  }

  private static boolean isFull(Path directory, IOException e) {
    if (ExceptionUtils.getThrowableList(e).stream()
        .anyMatch(cause -> NO_SPACE.matcher(String.valueOf(cause.getMessage())).find())) {
      return true;
    }
    try {
      return Files.getFileStore(directory).getUsableSpace() < ROOM_FOR_A_CHANGE;
    } catch (IOException gone) {
      LOG.debug("how much is free is not known", gone);
      return false;
    }
  }

  /** What it takes on the disk, in bytes. */
  long size() throws IOException {
    AtomicLong bytes = new AtomicLong();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // Packing has removed it meanwhile.
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes.get();
  }

  /** Throws everything away and begins with an empty repository; the directory stays ours. */
  void recreate() throws IOException {
    if (repository != null) {
      repository.close();
      repository = null;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.endsWith(OWNER_LOCK)) {
              Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            if (!visited.equals(directory)) {
              Files.delete(visited);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    load();
  }

  @Override
  public void close() {
    if (repository != null) {
      repository.close();
      repository = null;
    }
    try {
      owner.close();
    } catch (IOException e) {
      LOG.warnf(e, "cannot release %s", directory);
    }
  }
}
