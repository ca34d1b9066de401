package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.ForeignText;
import java.net.HttpURLConnection;
import java.net.SocketException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Git server, or what is in front of it, answers in HTTP that it does not want a request. JGit
 * passes on no other exceptions: after all but those of sockets it tries again without the token,
 * and reports the 401 of that.
 */
final class HttpRefusalException extends SocketException {
  private static final int MAX_LENGTH = 500;

  /** It keeps its data as they are: in maintenance mode, or as a copy of another one. */
  private static final Pattern MAINTENANCE =
      Pattern.compile("read-only|maintenance", Pattern.CASE_INSENSITIVE);

  /** What servers say to a token that may not do it. */
  private static final Pattern NOTHING =
      Pattern.compile(
          "(403 )?(forbidden|access denied)?[.!]?|.*you are not allowed to (push|upload|download)\\b.*",
          Pattern.CASE_INSENSITIVE);

  private final int status;
  private final String body;
  private final transient Optional<String> location;

  /**
   * A refusal.
   *
   * @param body its beginning
   * @param location where it redirects to
   */
  HttpRefusalException(int status, String body, Optional<String> location) {
    super("HTTP status " + status);
    this.status = status;
    this.body = body;
    this.location = location;
  }

  /** HTTP status of the answer. */
  int status() {
    return status;
  }

  /** Where a redirect goes, without its query, which may hold what a login page is told. */
  Optional<String> location() {
    return location.map(to -> ForeignText.line(to.replaceFirst("[?#].*", ""), MAX_LENGTH));
  }

  /** Whether the page of a proxy or of a login answers, and no Git server. */
  boolean isPage() {
    return status == HttpURLConnection.HTTP_OK || ForeignText.isPage(body);
  }

  /** Whether the same request may succeed later. */
  boolean isMaintenance() {
    return MAINTENANCE.matcher(words()).find();
  }

  /** Whether it gives a reason other than that the token may not do it. */
  boolean hasReason() {
    return !NOTHING.matcher(words()).matches();
  }

  /** One line without markup. */
  String words() {
    return ForeignText.line(body, MAX_LENGTH);
  }
}
