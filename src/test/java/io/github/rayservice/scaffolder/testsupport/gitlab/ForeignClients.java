package io.github.rayservice.scaffolder.testsupport.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Clients that were written for GitLab, an OpenID provider, and a client that tries a whole API.
 * They are installed below target/ with the versions of src/test/clients.
 */
public final class ForeignClients {
  private static final Path SCRIPTS = Path.of("src/test/clients").toAbsolutePath();
  private static final Path INSTALLED = Path.of("target/clients").toAbsolutePath();

  /** Environment of programs that connect to this machine only. Installers may need the proxy. */
  private static final Map<String, String> HERE =
      Map.of("NO_PROXY", "127.0.0.1", "no_proxy", "127.0.0.1");

  private ForeignClients() {}

  /** Exit status and complete output of a program. */
  public record Outcome(int status, String output) {}

  /** A virtual environment with python-gitlab and Schemathesis; an existing one is only checked. */
  public static void installPython() throws IOException {
    if (Files.notExists(INSTALLED.resolve("venv/bin/pip"))) {
      require(
          "Python 3 with its module venv is needed (Debian: python3 and python3-venv)",
          INSTALLED,
          "python3",
          "-m",
          "venv",
          "venv");
    }
    require(
        "python-gitlab and Schemathesis could not be installed",
        INSTALLED,
        "venv/bin/pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-r",
        SCRIPTS.resolve("requirements.txt").toString());
  }

  /** Installs Backstage's GitLab module; packages run no scripts. */
  public static void installNode() throws IOException {
    require("Node 20 or newer is needed (https://nodejs.org)", INSTALLED, "node", "--version");
    Path lock = INSTALLED.resolve("package-lock.json");
    Path wanted = SCRIPTS.resolve("package-lock.json");
    Path done = INSTALLED.resolve("node_modules/.package-lock.json");
    if (Files.exists(done) && Files.exists(lock) && Files.mismatch(lock, wanted) < 0) {
      return;
    }
    for (String file : List.of("package.json", "package-lock.json", ".npmrc")) {
      Files.copy(
          SCRIPTS.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    require("npm ci failed", INSTALLED, "npm", "ci", "--ignore-scripts", "--no-progress");
  }

  static Outcome python(String... arguments) throws IOException {
    return run(INSTALLED, HERE, command("venv/bin/python", "python_gitlab.py", arguments));
  }

  /**
   * Runs Schemathesis with the settings of src/test/clients.
   *
   * @param webhookToken sent as GitLab sends it; empty for none
   * @param arguments after the address of the description
   */
  public static Outcome schemathesis(String url, String webhookToken, String... arguments)
      throws IOException {
    Map<String, String> environment = new HashMap<>(HERE);
    environment.put("WEBHOOK_TOKEN", webhookToken);
    // Its hooks are a module beside the settings, which must not leave compiled files there.
    environment.put("PYTHONPATH", SCRIPTS.toString());
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    List<String> command =
        new ArrayList<>(
            List.of(
                "venv/bin/schemathesis",
                "--config-file",
                SCRIPTS.resolve("schemathesis.toml").toString(),
                "run",
                url + "/q/openapi?format=json",
                "--no-color"));
    command.addAll(List.of(arguments));
    return run(INSTALLED, environment, command);
  }

  /** Backstage's action in its own process, as in a Backstage backend. */
  public static final class Publisher implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    public Publisher(String url, String token) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(command("node", "publish_merge_request.cjs", url, token));
      builder.environment().putAll(HERE);
      builder.environment().put("NODE_PATH", INSTALLED.resolve("node_modules").toString());
      process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      answers = process.inputReader(UTF_8);
    }

    /** Runs the action once; input and result are one line of JSON each. */
    public String publish(String mergeRequest) throws IOException {
      process.getOutputStream().write((mergeRequest + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new AssertionError("publish:gitlab:merge-request ended without an answer; see above");
      }
      return answer;
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.destroy();
    }
  }

  /** oidc-provider, which ends with this process at the latest. */
  public static Process issuer() throws IOException {
    // A module finds its imports only in its own directory, so it is copied there.
    Path script = INSTALLED.resolve("issuer.mjs");
    Files.copy(SCRIPTS.resolve("issuer.mjs"), script, StandardCopyOption.REPLACE_EXISTING);
    return new ProcessBuilder("node", script.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static List<String> command(String program, String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program, SCRIPTS.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static void require(String message, Path directory, String... command)
      throws IOException {
    Files.createDirectories(directory);
    Outcome outcome;
    try {
      outcome = run(directory, Map.of(), List.of(command));
    } catch (IOException e) {
      throw new AssertionError(message + ": " + e.getMessage(), e);
    }
    if (outcome.status() != 0) {
      throw new AssertionError(
          message + ": " + String.join(" ", command) + "\n" + outcome.output());
    }
  }

  private static Outcome run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    List<String> absolute = new ArrayList<>(command);
    if (command.getFirst().contains(File.separator)) {
      absolute.set(0, directory.resolve(command.getFirst()).toString());
    }
    File output = Files.createTempFile("client", ".log").toFile();
    ProcessBuilder builder = new ProcessBuilder(absolute).directory(directory.toFile());
    builder.environment().putAll(environment);
    try {
      Process process = builder.redirectErrorStream(true).redirectOutput(output).start();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return new Outcome(-1, "no end within ten minutes\n" + Files.readString(output.toPath()));
      }
      return new Outcome(process.exitValue(), Files.readString(output.toPath()));
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    } finally {
      Files.delete(output.toPath());
    }
  }
}
