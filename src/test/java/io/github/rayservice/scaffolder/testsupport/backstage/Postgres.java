package io.github.rayservice.scaffolder.testsupport.backstage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.testsupport.process.Debian;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real PostgreSQL on a loopback port, with one database that is deleted with it. */
final class Postgres implements AutoCloseable {
  private final Path data;
  private final Process server;
  private final int port;

  private Postgres(Path data, Process server, int port) {
    this.data = data;
    this.server = server;
    this.port = port;
  }

  static Postgres start() throws IOException {
    Path programs = Debian.program("postgresql", Postgres::programs);
    // PostgreSQL refuses to run as root, and its user may lack access to the parent directories.
    Path data = Files.createTempDirectory("postgres");
    if (isRoot()) {
      finish(new ProcessBuilder("chown", "postgres", data.toString()));
    }
    String folder = data.toString();
    finish(
        command(
            programs.resolve("initdb").toString(),
            "-D",
            folder,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-N"));
    int port = freePort();
    Process server =
        command(
                programs.resolve("postgres").toString(),
                "-D",
                folder,
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-k",
                folder,
                "-c",
                "fsync=off")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Postgres(data, server, port);
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Optional<Path> programs() throws IOException {
    Path debian = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(debian)) {
      return Debian.onPath(List.of("initdb")).map(Path::getParent);
    }
    try (Stream<Path> versions = Files.list(debian)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder());
    }
  }

  private static ProcessBuilder command(String... command) {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    all.addAll(List.of(command));
    return new ProcessBuilder(all).directory(Path.of("/").toFile());
  }

  private static void finish(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", builder.command()) + "\n" + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    // Its clients may have been killed, and its data is deleted anyway.
    server.destroyForcibly();
    try {
      server.waitFor(30, TimeUnit.SECONDS);
      finish(new ProcessBuilder("rm", "-rf", data.toString()));
    } catch (InterruptedException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
