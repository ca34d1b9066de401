package io.github.rayservice.scaffolder.testsupport.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs that tests need. On Debian, a missing program is installed when the user is root. */
public final class Debian {
  private static final Path APT = Path.of("/usr/bin/apt-get");

  private Debian() {}

  /** A source of a program, which may be absent. */
  public interface Search {
    Optional<Path> find() throws IOException;
  }

  /**
   * Finds a program, and installs its package if it is missing and that is possible.
   *
   * @throws AssertionError when the program cannot be installed
   */
  public static Path program(String debianPackage, Search search) throws IOException {
    Optional<Path> found = search.find();
    if (found.isEmpty() && System.getProperty("user.name").equals("root") && Files.exists(APT)) {
      run(APT.toString(), "update", "-qq");
      run(APT.toString(), "install", "-y", "-qq", "--no-install-recommends", debianPackage);
      found = search.find();
    }
    return found.orElseThrow(() -> new AssertionError("install Debian's package " + debianPackage));
  }

  public static Optional<Path> onPath(List<String> names) {
    for (String directory : System.getenv("PATH").split(":", -1)) {
      for (String name : names) {
        Path program = Path.of(directory, name);
        if (Files.isExecutable(program)) {
          return Optional.of(program);
        }
      }
    }
    return Optional.empty();
  }

  private static void run(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("DEBIAN_FRONTEND", "noninteractive"));
    Process process = builder.start();
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
