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
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final Pattern TAG_LIST =
      Pattern.compile("\\s*(W/)?\"[^\"]*\"\\s*(,\\s*(W/)?\"[^\"]*\"\\s*)*");
  private static final Pattern TAG = Pattern.compile("(W/)?\"([^\"]*)\"");

  private RequestHeaders() {}

  /** The token of an {@code Authorization} header; empty without one, and for another scheme. */
  public static Optional<String> bearerToken(@Nullable String authorization) {
    return Optional.ofNullable(authorization)
        .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(header -> header.substring(BEARER.length()).strip());
  }

  public static RequestIdentity call(HttpHeaders headers, ContainerRequestContext context) {
    Optional<String> key = Optional.ofNullable(headers.getHeaderString(IDEMPOTENCY_KEY));
    if (key.isPresent() && !KEY.matcher(key.get()).matches()) {
      throw Problems.malformed(
          IDEMPOTENCY_KEY + " must be 1 to 255 visible ASCII characters without blanks");
    }
    return new RequestIdentity(String.valueOf(context.getProperty(RequestIdFilter.PROPERTY)), key);
  }

  /**
   * The versions that {@code If-Match} names, as {@link EntityTags} has them; empty when it is
   * absent or {@code *}. Weak tags never match (RFC 9110, 13.1.1) and are kept with their prefix,
   * which no version has.
   */
  public static Set<String> ifMatch(HttpHeaders headers) {
    String header = headers.getHeaderString(HttpHeaders.IF_MATCH);
    if (header == null || header.strip().equals("*")) {
      return Set.of();
    }
    if (!TAG_LIST.matcher(header).matches()) {
      throw Problems.malformed("If-Match must be * or ETags in double quotes, not " + header);
    }
    Set<String> versions = new HashSet<>();
    for (Matcher tag = TAG.matcher(header); tag.find(); ) {
      versions.add(tag.group(1) == null ? EntityTags.version(tag.group(2)) : tag.group());
    }
    return versions;
  }
}
