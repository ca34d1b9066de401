package io.github.rayservice.scaffolder.testsupport.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The packaged service in its own process. Its output and responses are recorded. Its working
 * directory and its temporary directory are below a given directory, which is not deleted with it.
 */
public final class ServiceProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");

  /** The packaged service does not start without authentication. */
  public static final String TOKEN = "a-token-of-the-tests";

  /** Nor without the hosts of endpoints. */
  private static final String HOSTS = "gitlab.example.com,gitlab.company.com,*.models.example.com";

  private static final Pattern LISTENING =
      Pattern.compile(
          "Listening on: (http://[0-9.]+:[0-9]+)[.] Management interface listening on (http://[0-9.]+:[0-9]+)");

  /** The process is started many times and runs for seconds only. */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

  /**
   * The service's classes as the virtual machine keeps them in memory, so that a start need not
   * read them. One process writes them at its end, before the first test needs them. The virtual
   * machine takes no archive of another jar.
   */
  private static final class ClassArchive {
    private static final Path FILE = Path.of("target/service.jsa");

    static {
      try {
        Files.deleteIfExists(FILE);
        Path folder = Files.createTempDirectory(Path.of("target"), "class-archive");
        Path written = folder.resolve("service.jsa").toAbsolutePath();
        List<String> machine = new ArrayList<>(SHORT_LIVED);
        machine.add("-XX:ArchiveClassesAtExit=" + written);
        ServiceProcess service = start(folder, Map.of(), Map.of(), machine);
        service.close();
        // A process that had to be killed may have written a part.
        if (service.process.exitValue() == 128 + 15) {
          Files.move(written, FILE);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A start takes two seconds on an idle machine. */
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final Thread reader;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final CompletableFuture<URI> management = new CompletableFuture<>();
  private final CompletableFuture<URI> address = new CompletableFuture<>();
  private final List<String> answers = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  private ServiceProcess(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().start(this::read);
  }

  /**
   * Starts the service and waits until it listens.
   *
   * @param settings settings, on the command line
   * @param secrets settings, in environment variables, which other users cannot read
   */
  public static ServiceProcess start(
      Path folder, Map<String, String> settings, Map<String, String> secrets) throws IOException {
    return start(folder, settings, secrets, shortLived());
  }

  /**
   * Starts the service on a disk of its own and waits until it listens.
   *
   * @param settings settings, on the command line
   * @param secrets settings, in environment variables, which other users cannot read
   */
  public static ServiceProcess startOn(
      SmallDisk disk, Path folder, Map<String, String> settings, Map<String, String> secrets)
      throws IOException {
    return await(launch(folder, settings, secrets, shortLived(), disk::before));
  }

  private static List<String> shortLived() {
    List<String> machine = new ArrayList<>(SHORT_LIVED);
    if (Files.exists(ClassArchive.FILE)) {
      machine.add("-XX:SharedArchiveFile=" + ClassArchive.FILE.toAbsolutePath());
    }
    return machine;
  }

  /**
   * Starts the service and waits until it listens.
   *
   * @param machine options of the Java virtual machine; empty for its defaults
   */
  public static ServiceProcess start(
      Path folder, Map<String, String> settings, Map<String, String> secrets, List<String> machine)
      throws IOException {
    return await(launch(folder, settings, secrets, machine, command -> command));
  }

  private static ServiceProcess await(ServiceProcess service) {
    try {
      service.address.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return service;
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      service.close();
      throw new AssertionError("it did not start:\n" + service.log(), e);
    }
  }

  private static ServiceProcess launch(
      Path folder,
      Map<String, String> settings,
      Map<String, String> secrets,
      List<String> machine,
      UnaryOperator<List<String>> around)
      throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(machine);
    command.add("-Djava.io.tmpdir=" + temporary.toAbsolutePath());
    command.add("-Dquarkus.http.host=127.0.0.1");
    command.add("-Dquarkus.http.port=0");
    command.add("-Dquarkus.management.host=127.0.0.1");
    command.add("-Dquarkus.management.port=0");
    command.add("-Dscaffolder.access.tokens[0].subject=tests");
    command.add("-Dscaffolder.access.tokens[0].sha256=" + DigestUtils.sha256Hex(TOKEN));
    command.add("-Dscaffolder.access.tokens[0].names-others=true");
    command.add("-Dscaffolder.access.tokens[0].writes=true");
    command.add("-Dscaffolder.access.tokens[0].notifies=true");
    command.add("-Dscaffolder.access.grants[0].group=*");
    command.add("-Dscaffolder.access.grants[0].namespaces=*");
    command.add("-Dscaffolder.form.hosts=" + HOSTS);
    settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
    ProcessBuilder builder = new ProcessBuilder(around.apply(command)).redirectErrorStream(true);
    builder.directory(folder.toFile());
    secrets.forEach((name, value) ->
        builder
            .environment()
            .put(name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"), value));
    return new ServiceProcess(builder.start());
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.add(line);
        Matcher listening = LISTENING.matcher(line);
        if (listening.find()) {
          management.complete(URI.create(listening.group(2)));
          address.complete(URI.create(listening.group(1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      address.completeExceptionally(new IOException("it has ended"));
    }
  }

  /**
   * Sends a request, for health and metrics to their own port.
   *
   * @param headers names and values, alternating
   */
  public CompletableFuture<HttpResponse<String>> send(
      String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder((isManagement(path) ? management : address).join().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + TOKEN);
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(answer -> {
          answers.add(answer.statusCode() + " " + answer.headers().map() + " " + answer.body());
          return answer;
        });
  }

  private static boolean isManagement(String path) {
    return path.startsWith("/q/health") || path.startsWith("/q/metrics");
  }

  /** Opens a stream of server-sent events; it ends with the process. */
  public Stream<String> follow(String path) throws IOException, InterruptedException {
    return http.send(events(path).build(), HttpResponse.BodyHandlers.ofLines()).body();
  }

  /** The request for a stream of server-sent events. */
  public HttpRequest.Builder events(String path) {
    return HttpRequest.newBuilder(address.join().resolve(path))
        .header("Accept", "text/event-stream")
        .header("Authorization", "Bearer " + TOKEN);
  }

  /** Kills the process with SIGKILL, so that it cannot clean up. */
  public void kill() throws InterruptedException {
    // As in close(): the pipe stays open.
    process.toHandle().destroyForcibly();
    int status = process.waitFor();
    reader.join();
    http.shutdownNow();
    if (status != 128 + 9) {
      throw new AssertionError("it ended by itself with " + status + ":\n" + log());
    }
  }

  /** Everything on standard output and standard error so far. */
  public String log() {
    return String.join("\n", log);
  }

  /** Status, headers and body of every response so far. */
  public List<String> answers() {
    return List.copyOf(answers);
  }

  /** The URL without a slash at its end. */
  public String url() {
    return address.join().toString();
  }

  public long pid() {
    return process.pid();
  }

  /** The command line, which other users of the machine can read. */
  public String commandLine() {
    return process.info().commandLine().orElseThrow();
  }

  /** Stops the process normally, so that its log is complete. */
  @Override
  public void close() {
    // Process.destroy would close the pipe before the last log lines are read.
    process.toHandle().destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.toHandle().destroyForcibly();
      }
      reader.join();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.shutdownNow();
  }
}
