package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** One answer of GitLab's API; errors have one of the shapes that GitLab mixes. */
public record GitlabAnswer(
    int status, String contentType, String body, Map<String, String> headers) {
  public static final ObjectMapper JSON = new ObjectMapper();

  /** The call ends with this answer. */
  static final class Refused extends RuntimeException {
    final transient GitlabAnswer answer;

    Refused(GitlabAnswer answer) {
      super(answer.toString());
      this.answer = answer;
    }
  }

  static GitlabAnswer of(int status, JsonNode body) {
    return new GitlabAnswer(status, "application/json", body.toString(), Map.of());
  }

  static GitlabAnswer nothing() {
    return new GitlabAnswer(204, "application/json", "", Map.of());
  }

  static GitlabAnswer message(int status, String message) {
    return of(status, JSON.createObjectNode().put("message", message));
  }

  static GitlabAnswer messages(int status, String message) {
    ObjectNode body = JSON.createObjectNode();
    body.putArray("message").add(message);
    return of(status, body);
  }

  /** What is wrong with a parameter, or with the address. */
  static GitlabAnswer error(int status, String error) {
    return of(status, JSON.createObjectNode().put("error", error));
  }

  static GitlabAnswer notFound(String what) {
    return message(404, "404 " + what + " Not Found");
  }

  /** The page that was asked for, and where the others are. */
  static GitlabAnswer page(GitlabCall call, List<? extends JsonNode> all) {
    int perPage = Math.min(100, call.positive("per_page", 20));
    int page = call.positive("page", 1);
    int pages = Math.max(1, (all.size() + perPage - 1) / perPage);
    int from = (int) Math.min(all.size(), (page - 1L) * perPage);
    ArrayNode body = JSON.createArrayNode();
    body.addAll(all.subList(from, Math.min(all.size(), from + perPage)));
    StringBuilder link = new StringBuilder();
    if (page > 1) {
      link.append(call.link(page - 1, perPage, "prev")).append(", ");
    }
    if (page < pages) {
      link.append(call.link(page + 1, perPage, "next")).append(", ");
    }
    link.append(call.link(1, perPage, "first")).append(", ");
    link.append(call.link(pages, perPage, "last"));
    return new GitlabAnswer(
        200,
        "application/json",
        body.toString(),
        Map.of(
            "X-Total", String.valueOf(all.size()),
            "X-Total-Pages", String.valueOf(pages),
            "X-Page", String.valueOf(page),
            "X-Per-Page", String.valueOf(perPage),
            "X-Prev-Page", page > 1 ? String.valueOf(page - 1) : "",
            "X-Next-Page", page < pages ? String.valueOf(page + 1) : "",
            "Link", link.toString()));
  }
}
