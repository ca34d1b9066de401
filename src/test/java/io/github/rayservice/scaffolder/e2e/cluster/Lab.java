package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The real cluster of src/test/cluster. It is taken down when the tests end, when they are
 * interrupted, and, by its own guard, when this process is killed.
 */
final class Lab implements AutoCloseable {
  static final String SCRIPT = Path.of("src/test/cluster/cluster").toAbsolutePath().toString();

  /** This machine as the lab sees it. */
  static final String HOST = "10.89.0.1";

  /** The node as this machine sees it. */
  static final String NODE = "10.89.0.2";

  /** The programs of the operators. */
  static final String KRO = "controller";

  static final String KUBERAY = "ray-operator";

  /** Argo CD's API, for this machine. */
  static final String ARGO_CD = "http://" + NODE + ":8083";

  /** Where its ApplicationSet controller takes webhooks. */
  static final String APPLICATION_SETS = "http://" + NODE + ":7000";

  /** Leads to the lab's own web server, inside the lab only. */
  static final String MODELS = "https://models.lab/";

  private final Path directory;
  private final Thread hook = new Thread(() -> run("down"));

  private Lab(Path directory) {
    this.directory = directory;
  }

  static Lab start() {
    String kubeconfig = run("up", String.valueOf(ProcessHandle.current().pid()));
    Lab lab = new Lab(Path.of(kubeconfig).getParent());
    Runtime.getRuntime().addShutdownHook(lab.hook);
    run("argo");
    return lab;
  }

  Path kubeconfig() {
    return directory.resolve("kubeconfig");
  }

  /** A directory that goes with the lab. */
  Path repositories() {
    return directory.resolve("git");
  }

  /** Runs a command inside and returns what it printed. */
  String inside(String... command) {
    List<String> all = new ArrayList<>(List.of("in"));
    all.addAll(List.of(command));
    return run(all.toArray(String[]::new));
  }

  /**
   * Serves a directory of src/test/resources/cluster as a zip with one directory at its top, as
   * archives of repositories have, at https://models.lab/{path}; github.com leads to the same
   * place. What is below private/ nobody may read.
   */
  void serveModel(String path, String resource) {
    serveZip(path, resource, "serve-config");
  }

  /** Serves the same with these directories at its top. */
  void serveZip(String path, String resource, String... tops) {
    Path source = Path.of("src/test/resources/cluster", resource);
    Path target = directory.resolve("www").resolve(path);
    try {
      Files.createDirectories(target.getParent());
      try (var files = Files.list(source);
          ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
        List<Path> sorted = files.sorted().toList();
        for (String top : tops) {
          for (Path file : sorted) {
            zip.putNextEntry(new ZipEntry(top + "/" + file.getFileName()));
            Files.copy(file, zip);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves a text at https://models.lab/{path}. */
  void serveText(String path, String text) {
    try {
      Files.writeString(directory.resolve("www").resolve(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the lab's NGINX serve these server blocks in the place of an ingress controller. */
  void serveIngress(String servers) {
    try {
      Files.writeString(directory.resolve("ingress.conf"), servers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inside("nginx", "-c", directory.resolve("nginx.conf").toString(), "-s", "reload");
  }

  /** Lets a server of the lab stand still, as one that hangs does. */
  void freeze(String program) {
    inside("pkill", "-STOP", "-x", program);
  }

  void thaw(String program) {
    inside("pkill", "-CONT", "-x", program);
  }

  /** Keeps all others from a port of a pod, as a network policy does. */
  void keepOut(String pod, int port) {
    filter("-I", pod, port);
  }

  void letIn(String pod, int port) {
    filter("-D", pod, port);
  }

  private void filter(String action, String pod, int port) {
    inside(
        "sh",
        "-ec",
        """
        for space in /run/netns/*; do
          if nsenter --net="$space" ip -4 -o address | grep -qF " $2/"; then
            exec nsenter --net="$space" iptables "$1" INPUT ! -i lo -p tcp --dport "$3" -j DROP
          fi
        done
        exit 1
        """,
        "sh",
        action,
        pod,
        String.valueOf(port));
  }

  /** Ends the API server at once. */
  void killApiServer() {
    inside("pkill", "-KILL", "-x", "kube-apiserver");
  }

  /** Starts the API server again, and returns when it is ready. */
  void startApiServer() {
    run("again");
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    run("down");
  }

  /** What it says goes to the test's output, what it answers comes back without the line break. */
  private static String run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(SCRIPT));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8).stripTrailing();
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
