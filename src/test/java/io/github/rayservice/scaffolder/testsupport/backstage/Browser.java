package io.github.rayservice.scaffolder.testsupport.backstage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabAnswer;
import io.github.rayservice.scaffolder.testsupport.process.Debian;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A real Chromium, without a window, at the pages of one origin. Each step waits until it can be
 * done, and fails with what the page shows instead.
 */
public final class Browser implements AutoCloseable {
  private static final Path SCRIPT = Path.of("src/test/backstage/browser.cjs").toAbsolutePath();

  private static final List<String> PROGRAMS =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Process process;
  private final BufferedReader answers;
  private final Path shots;

  /**
   * Starts it.
   *
   * @param modules where puppeteer-core is installed
   * @param shots screenshots go there
   */
  public Browser(String origin, Path modules, Path shots) throws IOException {
    this.shots = Files.createDirectories(shots);
    Path chromium = Debian.program("chromium", () -> Debian.onPath(PROGRAMS));
    ProcessBuilder builder =
        new ProcessBuilder("node", SCRIPT.toString(), chromium.toString(), origin);
    builder.environment().put("NODE_PATH", modules.toString());
    this.process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.answers = process.inputReader(UTF_8);
  }

  private JsonNode step(String action, String... arguments) {
    ObjectNode step = GitlabAnswer.JSON.createObjectNode().put("do", action);
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
      JsonNode answer = GitlabAnswer.JSON.readTree(line);
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

  /** Presses a button, link or choice with these words. */
  public Browser press(String text) {
    step("press", "text", text);
    return this;
  }

  /** Types into the field with this label. */
  public Browser fill(String label, String value) {
    step("fill", "label", label, "value", value);
    return this;
  }

  /** Picks one of the choices that the field with this label offers. */
  public Browser pick(String label, String option) {
    step("pick", "label", label, "option", option);
    return this;
  }

  /** Ticks the checkbox with this label. */
  public Browser tick(String label) {
    step("tick", "label", label);
    return this;
  }

  /** Waits for words on the page, however they are spaced and cased. */
  public Browser see(String text) {
    step("see", "text", text);
    return this;
  }

  /** All that the page says. */
  public String text() {
    return step("text").asText();
  }

  /** The address behind the link with these words. */
  public String link(String text) {
    return StreamSupport.stream(step("links").spliterator(), false)
        .map(JsonNode::asText)
        .filter(link -> link.startsWith(text))
        .findFirst()
        .map(link -> link.substring(link.lastIndexOf(' ') + 1))
        .orElseThrow(() -> new AssertionError("no link " + text + " on the page:\n" + text()));
  }

  /** Keeps a picture of the page. */
  public Browser shot(String name) {
    step("shot", "file", shots.resolve(name + ".png").toAbsolutePath().toString());
    return this;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
