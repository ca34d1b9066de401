package io.github.rayservice.scaffolder.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Variant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * ETags of what a Ray Service is answered as: {@code <version>.<digest>}. The digest covers all
 * that the answer shows, for {@code If-None-Match} (RFC 9110, 13.1.2). The version is that of the
 * directory in Git alone; {@code If-Match} compares only that, because a change of the phase must
 * not refuse a write.
 */
@ApplicationScoped
public class EntityTags {
  private static final char SEPARATOR = '.';
  private static final int DIGEST = 16;

  /** Proxies that compress append their own words: {@code -gzip}, {@code --br}, {@code ;zstd}. */
  private static final Pattern VERSION =
      Pattern.compile("([0-9a-f]{40}|[0-9a-f]{64})(?:[^0-9a-f].*)?");

  private static final List<Variant> VARIANTS =
      Variant.mediaTypes(
              MediaType.APPLICATION_JSON_TYPE,
              MediaType.valueOf(MediaTypes.YAML),
              MediaType.valueOf(MediaTypes.X_YAML),
              MediaType.valueOf(MediaTypes.TEXT_YAML))
          .build();

  private final ObjectMapper json;

  public EntityTags(ObjectMapper json) {
    this.json = json;
  }

  /**
   * The strong tag of an answer.
   *
   * @param version of the directory in Git; empty when Git has none
   */
  public EntityTag of(Optional<String> version, Object answer, Request request) {
    Variant chosen = request.selectVariant(VARIANTS);
    // The bytes differ by format, and so must a strong tag.
    String format = chosen == null ? "" : chosen.getMediaType().toString();
    String digest = DigestUtils.sha256Hex(format + bytes(answer)).substring(0, DIGEST);
    return new EntityTag(version.map(v -> v + SEPARATOR + digest).orElse(digest));
  }

  private String bytes(Object answer) {
    try {
      return json.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is JSON", e);
    }
  }

  /** The version in a tag; a bare version is one, too, and what a proxy appends is none of it. */
  static String version(String tag) {
    Matcher version = VERSION.matcher(tag);
    return version.matches() ? version.group(1) : tag;
  }
}
