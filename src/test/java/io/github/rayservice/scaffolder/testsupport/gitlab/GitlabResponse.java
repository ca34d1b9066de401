package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** A response of GitLab's API. Errors have one of the several formats that GitLab uses. */
public record GitlabResponse(
    int status, String contentType, String body, Map<String, String> headers) {
  public static final ObjectMapper JSON = new ObjectMapper();

  /** Ends a request with this response. */
  static final class Refused extends RuntimeException {
    final transient GitlabResponse answer;

    Refused(GitlabResponse answer) {
      super(answer.toString());
      this.answer = answer;
    }
  }

  static GitlabResponse of(int status, JsonNode body) {
    return new GitlabResponse(status, "application/json", body.toString(), Map.of());
  }

  static GitlabResponse nothing() {
    return new GitlabResponse(204, "application/json", "", Map.of());
  }

  static GitlabResponse message(int status, String message) {
    return of(status, JSON.createObjectNode().put("message", message));
  }

  static GitlabResponse messages(int status, String message) {
    ObjectNode body = JSON.createObjectNode();
    body.putArray("message").add(message);
    return of(status, body);
  }

  /** An error about a parameter or the path. */
  static GitlabResponse error(int status, String error) {
    return of(status, JSON.createObjectNode().put("error", error));
  }

  static GitlabResponse notFound(String what) {
    return message(404, "404 " + what + " Not Found");
  }

  /** The requested page of a list, with links to the other pages. */
  static GitlabResponse page(GitlabRequest call, List<? extends JsonNode> all) {
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
    return new GitlabResponse(
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
