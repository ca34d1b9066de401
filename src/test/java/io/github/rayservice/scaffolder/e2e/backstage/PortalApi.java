package io.github.rayservice.scaffolder.e2e.backstage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The requests of Backstage's frontend to its backend, on behalf of the signed-in user. */
public final class PortalApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> RUNNING = Set.of("open", "processing");

  private final URI backstage;
  private final HttpClient http = HttpClient.newHttpClient();

  PortalApi(URI backstage) {
    this.backstage = backstage;
  }

  /** Starts a task and returns its id. */
  String start(String template, ObjectNode values) {
    ObjectNode task = JSON.createObjectNode();
    task.put("templateRef", "template:default/" + template).set("values", values);
    return call("POST", "/api/scaffolder/v2/tasks", task).path("id").asText();
  }

  /** Runs a finished task again. */
  void retry(String task) {
    call("POST", "/api/scaffolder/v2/tasks/" + task + "/retry", JSON.createObjectNode());
  }

  void cancel(String task) {
    call("POST", "/api/scaffolder/v2/tasks/" + task + "/cancel", JSON.createObjectNode());
  }

  /** Waits until a task is finished: {@code completed}, {@code failed} or {@code cancelled}. */
  String end(String task) throws InterruptedException {
    String path = "/api/scaffolder/v2/tasks/" + task;
    String status = call("GET", path, null).path("status").asText();
    while (RUNNING.contains(status)) {
      Thread.sleep(100);
      status = call("GET", path, null).path("status").asText();
    }
    return status;
  }

  /** All lines of a task's log so far. */
  List<String> log(String task) {
    JsonNode events = call("GET", "/api/scaffolder/v2/tasks/" + task + "/events", null);
    return StreamSupport.stream(events.spliterator(), false)
        .map(event -> event.at("/body/message").asText())
        .toList();
  }

  /** Dry-runs the template, as the template editor does. */
  JsonNode dryRun(String template, ObjectNode values) {
    ObjectNode run = JSON.createObjectNode();
    run.set("template", entity("template:default/" + template).orElseThrow());
    run.set("values", values);
    run.putObject("secrets");
    run.putArray("directoryContents");
    return call("POST", "/api/scaffolder/v2/dry-run", run);
  }

  /** An entity of the catalog. */
  Optional<JsonNode> entity(String ref) {
    ObjectNode requestBody = JSON.createObjectNode();
    requestBody.putArray("entityRefs").add(ref);
    JsonNode found = call("POST", "/api/catalog/entities/by-refs", requestBody).at("/items/0");
    return found.isObject() ? Optional.of(found) : Optional.empty();
  }

  /** Number of entities with this value in this field. */
  public int count(String field, String value) {
    return call(
            "GET",
            "/api/catalog/entities/by-query?limit=0&filter="
                + URLEncoder.encode(field + "=" + value, UTF_8),
            null)
        .path("totalItems")
        .asInt();
  }

  private JsonNode call(String method, String path, @Nullable JsonNode body) {
    HttpResponse<String> answer = send(method, path, body, token());
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(
          method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return read(answer);
  }

  private String token() {
    HttpResponse<String> answer =
        send("POST", "/api/auth/guest/refresh", JSON.createObjectNode(), "");
    return read(answer).at("/backstageIdentity/token").asText();
  }

  private static JsonNode read(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> send(
      String method, String path, @Nullable JsonNode body, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(backstage.resolve(path))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
