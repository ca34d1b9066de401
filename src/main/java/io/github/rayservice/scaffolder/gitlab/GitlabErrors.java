package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.ForeignText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads error responses of GitLab: {@code message} as a text, a list or a map of field to list,
 * {@code error} with or without {@code error_description}, or a body that is not JSON.
 */
final class GitlabErrors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_LENGTH = 500;

  /** GitLab keeps its data as they are: in maintenance mode, or as a copy of another one. */
  private static final Pattern MAINTENANCE =
      Pattern.compile("read-only|maintenance", Pattern.CASE_INSENSITIVE);

  /** The words for a branch that was pushed a moment ago differ between versions. */
  private static final Pattern UNSEEN =
      Pattern.compile(
          "source[_ ](branch|project)\\b.*\\b(does not exist|not found)", Pattern.CASE_INSENSITIVE);

  private GitlabErrors() {}

  static GitlabException of(int status, @Nullable String retryAfter, String body) {
    String text = text(body);
    return switch (status) {
      case 401 ->
          new GitlabException.Denied(
              "GitLab does not accept scaffolder.gitlab.token; it is wrong, expired or revoked: "
                  + text);
      case 403 -> forbidden(text, ForeignText.isPage(body));
      case 404 ->
          new GitlabException.NotFound(
              ForeignText.isPage(body)
                  ? "%s answers 404 in place of GitLab's API; a proxy may decode %%2F in the project's path: set scaffolder.gitlab.project to its number"
                      .formatted(text)
                  : "GitLab: " + text);
      case 429 -> new GitlabException.RateLimited(seconds(retryAfter));
      default ->
          status >= 500
              ? new GitlabException.Unavailable(
                  "GitLab answers %d: %s".formatted(status, text), null)
              : new GitlabException.Refused(status, "GitLab: " + text);
    };
  }

  /** What the token lacks is guessed only where GitLab gives no other reason. */
  private static GitlabException forbidden(String text, boolean page) {
    if (page) {
      return new GitlabException.Denied(text + " answers 403 in place of GitLab's API");
    }
    if (text.contains("insufficient_scope")) {
      return new GitlabException.Denied(
          "scaffolder.gitlab.token lacks a scope, it needs api: " + text);
    }
    String reason = text.replaceFirst("^403 Forbidden[\\s:-]*", "");
    if (reason.isEmpty() || reason.equals("Forbidden")) {
      return new GitlabException.Denied(
          "scaffolder.gitlab.token lacks a right, it needs the role Developer: " + text);
    }
    return MAINTENANCE.matcher(reason).find()
        ? new GitlabException.Unavailable("GitLab: " + reason, null)
        : new GitlabException.Refused(403, "GitLab: " + reason);
  }

  /** Whether GitLab refuses to open a merge request because it does not see its branch. */
  static boolean isBranchUnseen(GitlabException.Refused refused) {
    return UNSEEN.matcher(String.valueOf(refused.getMessage())).find();
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
    return ForeignText.line(text, MAX_LENGTH);
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
