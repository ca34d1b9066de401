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
 * Reads what GitLab says when it fails: {@code message} as a text, a list or a map of field to
 * list, {@code error} with or without {@code error_description}, or no JSON at all.
 */
final class GitlabErrors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST = 500;

  private GitlabErrors() {}

  static GitlabException of(int status, @Nullable String retryAfter, String body) {
    String words = words(body);
    return switch (status) {
      case 401 ->
          new GitlabException.Denied(
              "GitLab does not accept scaffolder.gitlab.token; it is wrong, expired or revoked: "
                  + words);
      case 403 ->
          new GitlabException.Denied(
              words.contains("insufficient_scope")
                  ? "scaffolder.gitlab.token lacks a scope, it needs api: " + words
                  : "scaffolder.gitlab.token lacks a right, it needs the role Developer: " + words);
      case 404 -> new GitlabException.NotFound("GitLab: " + words);
      case 429 -> new GitlabException.RateLimited(seconds(retryAfter));
      default ->
          status >= 500
              ? new GitlabException.Unavailable(
                  "GitLab answers %d: %s".formatted(status, words), null)
              : new GitlabException.Refused(status, "GitLab: " + words);
    };
  }

  private static Optional<Duration> seconds(@Nullable String header) {
    return header != null && header.matches("\\d{1,6}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(header)))
        : Optional.empty();
  }

  private static String words(String body) {
    String words;
    try {
      JsonNode json = JSON.readTree(body);
      words = json == null || !json.isObject() ? body : words(json);
    } catch (JsonProcessingException e) {
      // A proxy's page, or plain text such as "Retry later".
      words = body;
    }
    String line = words.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  private static String words(JsonNode json) {
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
