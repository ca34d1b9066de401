package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The real cluster of src/test/cluster. It is stopped when the tests end or are interrupted, and,
 * by a guard process, when this process is killed.
 */
final class Lab implements AutoCloseable {
  static final String SCRIPT = Path.of("src/test/cluster/cluster").toAbsolutePath().toString();

  /** Address of this machine within the lab. */
  static final String HOST = "10.89.0.1";

  /** Address of the node for this machine. */
  static final String NODE = "10.89.0.2";

  /** Addresses of the lab's web server in a private network: the platform opens the first. */
  static final String OPENED = "10.88.0.10";

  static final String CLOSED = "10.88.0.11";

  /** Where a cloud has the credentials of its nodes: the same server, on port 80. */
  static final String METADATA = "169.254.169.254";

  /** Executables of the operators. */
  static final String KRO = "controller";

  static final String KUBERAY = "ray-operator";

  /** URL of Argo CD's API for this machine. */
  static final String ARGO_CD = "http://" + NODE + ":8083";

  /** URL of the webhooks of Argo CD's ApplicationSet controller. */
  static final String APPLICATION_SETS = "http://" + NODE + ":7000";

  /** A host name of the lab's own web server, within the lab only. */
  static final String MODELS = "https://models.lab/";

  /** Of the user deploy, for zips below protected/. */
  static final String PASSWORD = "password-of-the-lab";

  /** The package index of the pods. */
  static final String PACKAGES = MODELS + "simple/";

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

  /** Lists what the programs of the lab are made of: one CycloneDX file for each. */
  void listPrograms(Path folder) {
    run("sbom", folder.toString());
  }

  Path kubeconfig() {
    return directory.resolve("kubeconfig");
  }

  /** A directory that is deleted with the lab. */
  Path repositories() {
    return directory.resolve("git");
  }

  /** Runs a command inside the lab and returns its output. */
  String inside(String... command) {
    List<String> all = new ArrayList<>(List.of("in"));
    all.addAll(List.of(command));
    return run(all.toArray(String[]::new));
  }

  /**
   * Serves a directory of src/test/resources/cluster as a zip with one top-level directory, as
   * archives of repositories have, at https://models.lab/{path} and at github.com. Paths below
   * private/ are forbidden, those below protected/ need the user deploy and {@link #PASSWORD}.
   */
  void serveModel(String path, String resource) {
    serveZip(path, resource, "serve-config");
  }

  /**
   * Serves an application of the same shape as the Book's example, at the address that is {@code
   * rayServeFile}'s default: one folder beside {@code __MACOSX/}, and packages that the image does
   * not have, which come from {@link #PACKAGES}.
   */
  synchronized void serveExample() {
    if (Files.exists(directory.resolve("www/simple"))) {
      // Another class of tests did it, and pods are reading it.
      return;
    }
    serveZip(
        "mlops-on-kubernetes/Book/raw/main/Chapter 6/serve-config.zip",
        "example",
        "serve-config",
        "__MACOSX/serve-config");
    try {
      PackageIndex.write(directory.resolve("www/simple"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves the same with these top-level directories. */
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
            // macOS puts a file of attributes beside each file.
            boolean attributes = top.startsWith("__MACOSX");
            zip.putNextEntry(new ZipEntry(top + (attributes ? "/._" : "/") + file.getFileName()));
            if (!attributes) {
              Files.copy(file, zip);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves a wheel at https://models.lab/{directory}/, with pip's name for it. */
  void serveWheel(String path, String name, String version) {
    Path target = directory.resolve("www").resolve(path);
    try {
      Files.createDirectories(target);
      PackageIndex.writeWheel(target.resolve(PackageIndex.wheel(name, version)), name, version);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the lab's servers have logged, the operators among them; KubeRay is a pod. */
  String logs() {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> servers = Files.list(directory.resolve("log"));
        Stream<Path> pods = Files.walk(directory.resolve("pods"))) {
      Stream<Path> operators =
          pods.filter(path -> path.toString().contains("kuberay-operator"))
              .filter(Files::isRegularFile);
      for (Path file : Stream.concat(servers, operators).toList()) {
        text.append(Files.readString(file, ISO_8859_1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Serves a text at https://models.lab/{path}. */
  void serveText(String path, String text) {
    try {
      Files.writeString(directory.resolve("www").resolve(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds these server blocks to the lab's NGINX, which replaces an ingress controller. After a
   * reload, workers with the old configuration take connections for some 100 ms beside the new
   * ones; this returns when they do no more.
   */
  void serveIngress(String servers) {
    try {
      Files.writeString(directory.resolve("ingress/hosts.conf"), servers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inside(
        "timeout",
        "60",
        "sh",
        "-ec",
        """
        old=$(pgrep -P "$(cat /run/ingress.pid)")
        nginx -c "$1" -s reload
        for worker in $old; do
          # It changes its title when it closes its sockets, and ends after its last answer.
          while grep -qsx 'nginx: worker process' "/proc/$worker/cmdline"; do sleep 0.02; done
        done
        """,
        "sh",
        directory.resolve("ingress/nginx.conf").toString());
  }

  /**
   * Runs src/test/attack/attack.py.
   *
   * @param victim a running Ray Service, as namespace/name
   * @param attacker one of another team
   * @param controller the pod of the ingress controller, which no NetworkPolicy holds
   * @return its report; a failure when an attack is not refused
   */
  String attack(String victim, String attacker, String controller) {
    return execute(
        List.of(
            "python3",
            "src/test/attack/attack.py",
            "--kubectl=" + SCRIPT + " kubectl",
            "--victim=" + victim,
            "--attacker=" + attacker,
            "--ingress=" + NODE,
            "--private=" + CLOSED + ":443",
            "--control=ingress-nginx/" + controller));
  }

  /** Suspends a server of the lab, so that it hangs. */
  void freeze(String program) {
    inside("pkill", "-STOP", "-x", program);
  }

  void thaw(String program) {
    inside("pkill", "-CONT", "-x", program);
  }

  /** Blocks all other pods from a port of a pod, as a network policy does. */
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

  /** Kills the API server. */
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

  /**
   * Writes its error output to the test's output, and returns its standard output without the last
   * line break.
   */
  private static String run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(SCRIPT));
    command.addAll(List.of(arguments));
    return execute(command);
  }

  private static String execute(List<String> command) {
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
