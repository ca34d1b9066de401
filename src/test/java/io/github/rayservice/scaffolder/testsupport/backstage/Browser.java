package io.github.rayservice.scaffolder.testsupport.backstage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResponse;
import io.github.rayservice.scaffolder.testsupport.process.Debian;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A real headless Chromium, which opens the pages of one origin. Each step waits until it is
 * possible; a failure contains the text of the page.
 */
public final class Browser implements AutoCloseable {
  private static final Path SOURCES = Path.of("src/test/browser");

  private static final Path COPY = Path.of("target/test-browser");

  private static final List<String> PROGRAMS =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Process process;
  private final BufferedReader answers;
  private final Path shots;

  /**
   * Starts the browser.
   *
   * @param shots the directory for screenshots
   * @param options Chromium's options besides those that every test needs
   */
  public Browser(String origin, Path shots, String... options) throws IOException {
    this.shots = Files.createDirectories(shots);
    Path chromium = Debian.program("chromium", () -> Debian.onPath(PROGRAMS));
    List<String> command = new ArrayList<>(List.of("node", "browser.cjs"));
    command.addAll(List.of(chromium.toString(), origin));
    command.addAll(List.of(options));
    this.process =
        new ProcessBuilder(command)
            .directory(NpmProject.install(SOURCES, COPY, Map.of()).directory().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    this.answers = process.inputReader(UTF_8);
  }

  private JsonNode step(String action, String... arguments) {
    ObjectNode step = GitlabResponse.JSON.createObjectNode().put("do", action);
    for (int i = 0; i < arguments.length; i += 2) {
      step.put(arguments[i], arguments[i + 1]);
    }
    try {
      process.getOutputStream().write((step + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
      String line = answers.readLine();
      if (line == null) {
        throw new AssertionError("the browser has ended; see above");
      }
      JsonNode answer = GitlabResponse.JSON.readTree(line);
      if (answer.has("error")) {
        throw new AssertionError(
            answer.path("error").asText() + "\nThe page:\n" + answer.path("seen").asText());
      }
      return answer.path("answer");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Browser open(String path) {
    step("open", "path", path);
    return this;
  }

  /** Sets a cookie of the origin, as a login does. */
  public Browser cookie(String name, String value) {
    step("cookie", "name", name, "value", value);
    return this;
  }

  /** Clicks a button, link or option with this text. */
  public Browser press(String text) {
    step("press", "text", text);
    return this;
  }

  /** Types into the field with this label. */
  public Browser fill(String label, String value) {
    step("fill", "label", label, "value", value);
    return this;
  }

  /** Selects an option of the field with this label. */
  public Browser pick(String label, String option) {
    step("pick", "label", label, "option", option);
    return this;
  }

  /** Checks the checkbox with this label. */
  public Browser tick(String label) {
    step("tick", "label", label);
    return this;
  }

  /** Adds an item to the list with this title. */
  public Browser add(String label) {
    step("add", "label", label);
    return this;
  }

  /** Waits for a text on the page; white space and case are ignored. */
  public Browser see(String text) {
    step("see", "text", text);
    return this;
  }

  /** The text of the page. */
  public String text() {
    return step("text").asText();
  }

  /** The URL of the link with this text. */
  public String link(String text) {
    return StreamSupport.stream(step("links").spliterator(), false)
        .map(JsonNode::asText)
        .filter(link -> link.startsWith(text))
        .findFirst()
        .map(link -> link.substring(link.lastIndexOf(' ') + 1))
        .orElseThrow(() -> new AssertionError("no link " + text + " on the page:\n" + text()));
  }

  /** Takes a screenshot of the page. */
  public Browser shot(String name) {
    step("shot", "file", shots.resolve(name + ".png").toAbsolutePath().toString());
    return this;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
