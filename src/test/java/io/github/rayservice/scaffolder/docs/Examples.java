package io.github.rayservice.scaffolder.docs;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is done with an example that is marked {@code run}. Commands run in one folder, in the order
 * of the pages, so that one goes on where the one before it has ended.
 */
final class Examples {
  @FunctionalInterface
  interface Check {
    void run(Fence fence) throws Exception;
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Pattern EVENT = Pattern.compile("^event: ?([a-z]+)", Pattern.MULTILINE);
  private static final Path BACKSTAGE = Path.of("src/main/backstage");

  private final Path folder;
  private final URI service;
  private final Path repository;

  /** What the last command said. */
  private String output = "";

  /**
   * Prepares the examples.
   *
   * @param folder where commands run
   * @param service the address of the running service
   * @param repository its embedded repository
   */
  Examples(Path folder, URI service, Path repository) {
    this.folder = folder;
    this.service = service;
    this.repository = repository.toAbsolutePath();
  }

  /** The names that a marker can have. */
  Map<String, Check> checks() {
    return Map.ofEntries(
        entry(
            "save-example",
            fence -> Files.writeString(folder.resolve("example.yaml"), fence.text())),
        entry("shell", this::shell),
        entry("output", this::output),
        entry("answer", this::answer),
        entry("dry-run", this::dryRun),
        entry("static-token", this::staticToken),
        entry("events", this::events),
        entry("events-output", this::eventsOutput),
        entry("form", Examples::form),
        entry("settings", fence -> Settings.check(fence.text())),
        entry("layout", this::layout),
        entry("overlay", Examples::overlay),
        entry("backstage-settings", Examples::backstageSettings),
        entry("template-step", Examples::templateStep));
  }

  private void shell(Fence fence) throws IOException, InterruptedException {
    output = bash(here(fence.text()));
  }

  /** What the pages say of the first steps, said of the service under test. */
  private String here(String script) {
    return script
        .replace("http://localhost:8080", service.toString())
        .replace("data/gitops.git", repository.toString());
  }

  private String bash(String script) throws IOException, InterruptedException {
    Process process = start(script);
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(script + "\n" + said).isZero();
    return said;
  }

  private Process start(String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-u", "-o", "pipefail", "-c", script)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // What somebody likes git to print is not what everybody sees.
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    return builder.start();
  }

  private void output(Fence fence) {
    assertThat(withoutNames(output)).isEqualTo(withoutNames(fence.text()));
  }

  /** A commit, a version and a request have a name of their own each time. */
  private static String withoutNames(String text) {
    return text.replaceAll("\\b[0-9a-f]{40}\\b", "(object)")
        .replaceAll("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "(request)");
  }

  /** An answer in JSON, after its headers where the page shows some. */
  private void answer(Fence fence) throws IOException {
    String shown = withoutNames(fence.text());
    String said = withoutNames(output.replace("\r", ""));
    if (shown.startsWith("HTTP/")) {
      Map<String, String> headers = headers(said);
      assertThat(said.lines().findFirst()).isEqualTo(shown.lines().findFirst());
      headers(shown).forEach((name, value) -> assertThat(headers).containsEntry(name, value));
      shown = shown.substring(shown.indexOf("\n\n"));
      said = said.substring(said.indexOf("\n\n"));
    }
    assertThat(JSON.readTree(said)).isEqualTo(JSON.readTree(shown));
  }

  private static Map<String, String> headers(String answer) {
    return answer
        .lines()
        .skip(1)
        .takeWhile(line -> !line.isEmpty())
        .map(line -> line.split(": ", 2))
        .collect(toMap(line -> line[0].toLowerCase(Locale.ROOT), line -> line[1]));
  }

  private void dryRun(Fence fence) throws IOException, InterruptedException {
    shell(fence);
    JsonNode answer = JSON.readTree(output);
    assertThat(answer.path("result").asText()).isIn("created", "updated");
    assertThat(answer.path("diff").asText()).contains("\n+");
    assertThat(answer.path("files").size()).isEqualTo(2);
  }

  private void staticToken(Fence fence) throws IOException, InterruptedException {
    shell(fence);
    assertThat(output).matches("[0-9a-f]{64} +-\n");
  }

  /** The stream does not end; what comes after its beginning needs something to change. */
  private void events(Fence fence) throws IOException {
    Process process = start(here(fence.text()).replace("curl -N ", "exec curl -sN --max-time 60 "));
    StringBuilder said = new StringBuilder();
    try (BufferedReader lines = process.inputReader()) {
      String line;
      do {
        line = lines.readLine();
        said.append(line).append('\n');
      } while (line != null && !line.matches("event: ?complete"));
    } finally {
      process.destroy();
    }
    output = said.toString();
  }

  private void eventsOutput(Fence fence) {
    List<String> shown = names(fence.text());

    assertThat(names(output).stream().distinct())
        .containsExactlyElementsOf(shown.subList(0, shown.indexOf("complete") + 1));
  }

  private static List<String> names(String events) {
    return EVENT.matcher(events).results().map(event -> event.group(1)).toList();
  }

  private static void form(Fence fence) {
    given()
        .contentType("application/yaml")
        .queryParam("dryRun", "All")
        .body(fence.text().getBytes(UTF_8))
        .post("/api/v1/ray-services")
        .then()
        .statusCode(200);
  }

  /** The files below the deepest directory are what Git holds there. */
  private void layout(Fence fence) throws IOException, InterruptedException {
    List<String> path = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (String line : fence.text().lines().toList()) {
      int depth = (line.length() - line.stripLeading().length()) / 2;
      String name = line.strip().split(" ", 2)[0];
      while (path.size() > depth) {
        path.removeLast();
      }
      path.add(name);
      if (!name.endsWith("/")) {
        files.add(String.join("", path));
      }
    }
    String directory = String.join("", path.subList(0, path.size() - 1));
    String stored =
        bash("git -C '%s' ls-tree -r --name-only main '%s'".formatted(repository, directory));

    assertThat(stored.lines()).containsExactlyElementsOf(files);
  }

  /** An overlay that somebody puts beside k8s. */
  private static void overlay(Fence fence) throws IOException {
    JsonNode overlay = YAML.readTree(fence.text());
    String deployment = Files.readString(Path.of("k8s/service/deployment.yaml"));

    for (JsonNode resource : overlay.path("resources")) {
      assertThat(
              Path.of("overlay")
                  .resolve(resource.asText())
                  .normalize()
                  .resolve("kustomization.yaml"))
          .exists();
    }
    for (JsonNode image : overlay.path("images")) {
      assertThat(deployment).contains("image: " + image.path("name").asText() + ":");
    }
  }

  private static void backstageSettings(Fence fence) throws IOException {
    JsonNode settings = YAML.readTree(fence.text());
    String declared = Files.readString(BACKSTAGE.resolve("config.d.ts"));
    URI service = URI.create(settings.at("/rayService/baseUrl").asText());

    settings
        .path("rayService")
        .fieldNames()
        .forEachRemaining(name -> assertThat(declared).containsPattern("\\b" + name + "\\??:"));
    assertThat(settings.at("/backend/reading/allow/0/host").asText()).isEqualTo(service.getHost());
    URI templates = URI.create(settings.at("/catalog/locations/0/target").asText());
    assertThat(templates.getHost()).isEqualTo(service.getHost());
    given().get(templates.getPath()).then().statusCode(200);
  }

  /** A step of a template: its action and what goes in are the package's. */
  private static void templateStep(Fence fence) throws IOException {
    JsonNode step = YAML.readTree(fence.text());
    String code;
    try (Stream<Path> files = Files.list(BACKSTAGE.resolve("src/actions"))) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
      code = all.toString();
    }

    assertThat(code).contains("'" + step.path("action").asText() + "'");
    step.path("input")
        .fieldNames()
        .forEachRemaining(name -> assertThat(code).containsPattern("\\b" + name + "\\b"));
    assertThat(code).contains("'" + step.at("/input/waitFor").asText() + "'");
  }
}
