package io.github.rayservice.scaffolder.api.http;

import io.github.rayservice.scaffolder.deploy.RequestIdentity;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads headers: who calls, and what guards a write. */
public final class RequestHeaders {
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private static final String BEARER = "Bearer ";

  /** Visible ASCII characters, which every proxy and log line keeps as they are. */
  public static final String KEY_PATTERN = "^[!-~]{1,255}$";

  private static final String TAG_PATTERN = "(W/)?\"[!#-~]*\"";

  /** {@code *}, or entity tags (RFC 9110, 8.8.3) without the characters beyond ASCII. */
  public static final String IF_MATCH_PATTERN =
      "^([*]|" + TAG_PATTERN + "([ \\t]*,[ \\t]*" + TAG_PATTERN + ")*)$";

  private static final Pattern KEY = Pattern.compile(KEY_PATTERN);
  private static final Pattern TAG = Pattern.compile(TAG_PATTERN);
  private static final Pattern COMMA = Pattern.compile("[ \\t]*,[ \\t]*");

  private RequestHeaders() {}

  /** The token of an {@code Authorization} header; empty without one, and for another scheme. */
  public static Optional<String> bearerToken(@Nullable String authorization) {
    return Optional.ofNullable(authorization)
        .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(header -> header.substring(BEARER.length()).strip());
  }

  /**
   * The call of a write.
   *
   * @param caller who calls; empty where the service has no authentication
   */
  public static RequestIdentity call(
      Optional<String> caller, HttpHeaders headers, ContainerRequestContext context) {
    Optional<String> key = Optional.ofNullable(headers.getHeaderString(IDEMPOTENCY_KEY));
    if (key.isPresent() && !KEY.matcher(key.get()).matches()) {
      throw Problems.malformed(
          IDEMPOTENCY_KEY,
          key.get(),
          "must be 1 to 255 visible ASCII characters without blanks",
          "header of this API");
    }
    return new RequestIdentity(
        caller, String.valueOf(context.getProperty(RequestIdFilter.PROPERTY)), key);
  }

  /**
   * The versions that {@code If-Match} names, as {@link EntityTags} has them; empty when it is
   * absent or {@code *}. A weak tag counts, too: proxies that compress make strong tags weak, and
   * what is compared is the version in Git, which no proxy changes. RFC 9110, 13.1.1 wants strong
   * tags because it compares bytes.
   */
  public static Set<String> ifMatch(HttpHeaders headers) {
    String header = headers.getHeaderString(HttpHeaders.IF_MATCH);
    if (header == null || header.strip().equals("*")) {
      return Set.of();
    }
    Set<String> versions = new HashSet<>();
    // One tag after the other: one pattern for all of them recurses with every tag.
    Matcher tag = TAG.matcher(header.strip());
    Matcher comma = COMMA.matcher(header.strip());
    for (int at = 0; ; at = comma.end()) {
      if (!tag.region(at, tag.regionEnd()).lookingAt()) {
        throw notTags(header);
      }
      versions.add(version(tag.group()));
      if (tag.end() == tag.regionEnd()) {
        return versions;
      }
      if (!comma.region(tag.end(), comma.regionEnd()).lookingAt()) {
        throw notTags(header);
      }
    }
  }

  private static String version(String tag) {
    return EntityTags.version(tag.substring(tag.indexOf('"') + 1, tag.length() - 1));
  }

  private static RuntimeException notTags(String header) {
    return Problems.malformed(
        HttpHeaders.IF_MATCH, header, "must be * or ETags in double quotes", "RFC 9110, 13.1.1");
  }
}
