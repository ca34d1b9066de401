package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads error responses of GitLab: {@code message} as a text, a list or a map of field to list,
 * {@code error} with or without {@code error_description}, or a body that is not JSON.
 */
final class GitlabErrors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_LENGTH = 500;

  private GitlabErrors() {}

  static GitlabException of(int status, @Nullable String retryAfter, String body) {
    String text = text(body);
    return switch (status) {
      case 401 ->
          new GitlabException.Denied(
              "GitLab does not accept scaffolder.gitlab.token; it is wrong, expired or revoked: "
                  + text);
      case 403 ->
          new GitlabException.Denied(
              text.contains("insufficient_scope")
                  ? "scaffolder.gitlab.token lacks a scope, it needs api: " + text
                  : "scaffolder.gitlab.token lacks a right, it needs the role Developer: " + text);
      case 404 -> new GitlabException.NotFound("GitLab: " + text);
      case 429 -> new GitlabException.RateLimited(seconds(retryAfter));
      default ->
          status >= 500
              ? new GitlabException.Unavailable(
                  "GitLab answers %d: %s".formatted(status, text), null)
              : new GitlabException.Refused(status, "GitLab: " + text);
    };
  }

  private static Optional<Duration> seconds(@Nullable String header) {
    return header != null && header.matches("\\d{1,6}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(header)))
        : Optional.empty();
  }

  /** One line of at most 500 characters. */
  private static String text(String body) {
    String text;
    try {
      JsonNode json = JSON.readTree(body);
      text = json == null || !json.isObject() ? body : text(json);
    } catch (JsonProcessingException e) {
      // The HTML page of a proxy, or plain text such as "Retry later".
      text = body;
    }
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
  }

  private static String text(JsonNode json) {
    List<String> parts = new ArrayList<>();
    for (String field : List.of("message", "error", "error_description")) {
      collect("", json.path(field), parts);
    }
    return parts.isEmpty() ? json.toString() : String.join("; ", parts);
  }

  private static void collect(String field, JsonNode node, List<String> parts) {
    if (node.isObject()) {
      node.properties().forEach(e -> collect(e.getKey() + " ", e.getValue(), parts));
    } else if (node.isArray()) {
      node.forEach(element -> collect(field, element, parts));
    } else if (!node.isMissingNode() && !node.isNull()) {
      parts.add(field + node.asText());
    }
  }
}
