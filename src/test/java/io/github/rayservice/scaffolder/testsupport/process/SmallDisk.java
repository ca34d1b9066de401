package io.github.rayservice.scaffolder.testsupport.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file system in memory, of a few megabytes, that one process has for one of its directories: in
 * a mount namespace, so that it ends with the process. Root makes one everywhere; others where the
 * machine lets users make namespaces.
 */
public final class SmallDisk {
  /** Each file takes at least one of these. */
  public static final int PAGE = 4096;

  private static final int MEGABYTES = 8;

  private final Path directory;
  private final List<String> unshare;

  private SmallDisk(Path directory, List<String> unshare) {
    this.directory = directory.toAbsolutePath();
    this.unshare = unshare;
  }

  /**
   * For a directory that exists.
   *
   * @return empty where this user cannot have a mount namespace
   */
  public static Optional<SmallDisk> in(Path directory) throws IOException {
    for (List<String> unshare :
        List.of(List.of("unshare", "--mount"), List.of("unshare", "--map-root-user", "--mount"))) {
      SmallDisk disk = new SmallDisk(directory, unshare);
      try {
        run(disk.before(List.of("true")));
        return Optional.of(disk);
      } catch (AssertionError refused) {
        // The next way may be allowed.
      }
    }
    return Optional.empty();
  }

  /** The command, with the disk mounted before it; its process keeps its id. */
  List<String> before(List<String> command) {
    return Stream.of(
            unshare,
            List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=%dm small \"$0\" && exec \"$@\"".formatted(MEGABYTES),
                directory.toString()),
            command)
        .flatMap(List::stream)
        .toList();
  }

  /** Fills it up. */
  public void fill(ServiceProcess service, int pagesLeft) throws IOException {
    inside(
        service,
        "dd if=/dev/zero of=filler bs=%1$d 2>/dev/null || truncate -s -$((%2$d * %1$d)) filler"
            .formatted(PAGE, pagesLeft));
  }

  public void free(ServiceProcess service) throws IOException {
    inside(service, "rm filler");
  }

  /**
   * Makes directories on it read-only. The disk as a whole cannot be while a process has a file
   * open for writing.
   *
   * @param directories a pattern of the shell
   */
  public void makeReadOnly(ServiceProcess service, String directories) throws IOException {
    inside(
        service,
        "for d in %s; do mount --bind $d $d; mount -o remount,bind,ro $d; done"
            .formatted(directories));
  }

  public void makeWritable(ServiceProcess service, String directories) throws IOException {
    inside(service, "for d in %s; do umount --lazy $d; done".formatted(directories));
  }

  /** Checks every object of a Git repository on it. */
  public void check(ServiceProcess service, String repository) throws IOException {
    inside(
        service,
        "for r in %s; do git -c safe.directory='*' -C \"$r\" fsck --strict --no-dangling; done"
            .formatted(repository));
  }

  private void inside(ServiceProcess service, String script) throws IOException {
    List<String> command = new ArrayList<>(List.of("nsenter", "--target=" + service.pid()));
    command.add("--mount");
    if (unshare.contains("--map-root-user")) {
      command.addAll(List.of("--user", "--preserve-credentials"));
    }
    command.addAll(List.of("sh", "-ec", "cd " + directory + "; " + script));
    run(command);
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
