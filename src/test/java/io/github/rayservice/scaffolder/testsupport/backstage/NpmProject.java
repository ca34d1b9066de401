package io.github.rayservice.scaffolder.testsupport.backstage;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An npm project in a copy below target/, so that no build writes into the sources. The installed
 * packages are kept until the lock file changes.
 */
public final class NpmProject {
  private static final Set<String> MADE = Set.of("node_modules", "dist", "build");

  private final Path copy;
  private final Map<String, String> environment;

  private NpmProject(Path copy, Map<String, String> environment) {
    this.copy = copy;
    this.environment = environment;
  }

  /**
   * Copies the sources and installs their dependencies; packages run no scripts.
   *
   * @param environment environment variables of all commands
   * @param options options of npm ci
   */
  public static NpmProject install(
      Path sources, Path copy, Map<String, String> environment, String... options)
      throws IOException {
    Path installed = copy.resolve("node_modules/.package-lock.json");
    Path lock = copy.resolve("package-lock.json");
    boolean upToDate =
        Files.exists(installed)
            && Files.exists(lock)
            && Files.mismatch(lock, sources.resolve("package-lock.json")) < 0;
    copy(sources, copy);
    NpmProject project = new NpmProject(copy, environment);
    if (!upToDate) {
      project.run(
          Stream.concat(
                  Stream.of("npm", "ci", "--ignore-scripts", "--no-progress", "--prefer-offline"),
                  Stream.of(options))
              .toArray(String[]::new));
    }
    return project;
  }

  /**
   * Deletes files that are no longer in the sources, except for those that npm and builds created.
   */
  private static void copy(Path sources, Path copy) throws IOException {
    Files.createDirectories(copy);
    for (String folder : List.of("src", "test", "app/src")) {
      deleteAll(copy.resolve(folder));
    }
    try (Stream<Path> all = Files.walk(sources)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path name = sources.relativize(file);
        if (!MADE.contains(name.getName(0).toString())) {
          Path target = copy.resolve(name);
          Files.createDirectories(target.getParent());
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }

  Path directory() {
    return copy.toAbsolutePath();
  }

  /**
   * Runs a command in the project's directory.
   *
   * @return its output
   * @throws AssertionError when the command fails, with its output
   */
  public String run(String... command) throws IOException {
    Path output = Files.createTempFile("npm", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(copy.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(15, TimeUnit.MINUTES);
      process.destroyForcibly();
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(
            "%s: %s%n%s"
                .formatted(
                    String.join(" ", command),
                    ended ? "exit " + process.exitValue() : "no end within 15 minutes",
                    Files.readString(output)));
      }
      return Files.readString(output);
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    } finally {
      Files.delete(output);
    }
  }
}
