package io.github.rayservice.scaffolder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The package for Backstage passes its own checks: lint, types, unit tests, build. It is copied
 * below target/, so that no build leaves anything among the sources.
 */
class BackstagePackageIT {
  private static final Path SOURCES = Path.of("src/main/backstage");
  private static final Path TEMPLATES = Path.of("backstage-templates");
  private static final Path COPY = Path.of("target/backstage");
  private static final Set<String> MADE = Set.of("node_modules", "dist", "build");
  private static final int OLDEST_NODE = 20;

  @Test
  void thePackagePassesItsOwnChecks() throws IOException, InterruptedException {
    assumeTrue(
        hasNode(),
        "the Backstage package was not tested: that needs Node " + OLDEST_NODE + " or newer");
    Path installed = COPY.resolve("node_modules/.package-lock.json");
    Path lock = COPY.resolve("package-lock.json");
    boolean upToDate =
        Files.exists(installed)
            && Files.exists(lock)
            && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
    copy();
    if (!upToDate) {
      run("npm", "ci", "--ignore-scripts", "--no-progress", "--prefer-offline");
    }

    run("npm", "run", "verify");
  }

  private static boolean hasNode() throws InterruptedException {
    try {
      Process node = new ProcessBuilder("node", "--version").start();
      String version = new String(node.getInputStream().readAllBytes(), UTF_8).strip();
      node.waitFor();
      return version.matches("v\\d+[.].*")
          && Integer.parseInt(version.substring(1, version.indexOf('.'))) >= OLDEST_NODE;
    } catch (IOException e) {
      return false;
    }
  }

  /** What is no longer among the sources goes, what npm made stays. */
  private static void copy() throws IOException {
    Files.createDirectories(COPY);
    for (String folder : List.of("src", "test")) {
      deleteAll(COPY.resolve(folder));
    }
    try (Stream<Path> all = Files.walk(SOURCES)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path name = SOURCES.relativize(file);
        if (!MADE.contains(name.getName(0).toString())) {
          Path target = COPY.resolve(name);
          Files.createDirectories(target.getParent());
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("npm", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(COPY.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().put("BACKSTAGE_TEMPLATES", TEMPLATES.toAbsolutePath().toString());
      Process process = builder.start();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new UncheckedIOException(new IOException("no end within ten minutes: " + command[1]));
      }
      assertThat(process.exitValue())
          .describedAs("%s%n%s", String.join(" ", command), Files.readString(output))
          .isZero();
    } finally {
      Files.delete(output);
    }
  }
}
