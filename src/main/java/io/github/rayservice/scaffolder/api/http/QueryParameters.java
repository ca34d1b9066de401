package io.github.rayservice.scaffolder.api.http;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads query parameters. Jakarta REST answers 404 to a parameter that it cannot convert, which
 * tells nobody what to mend.
 */
public final class QueryParameters {
  /** Kubernetes' one value of {@code dryRun}. */
  public static final String ALL = "All";

  static final int MOST_ITEMS = 5000;

  private QueryParameters() {}

  public static boolean dryRun(@Nullable String text) {
    if (text != null && !text.equals(ALL)) {
      throw Problems.malformed("dryRun must be All, not " + text);
    }
    return text != null;
  }

  public static int limit(String text) {
    int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > MOST_ITEMS) {
      throw Problems.malformed("limit must be a number from 1 to " + MOST_ITEMS + ", not " + text);
    }
    return limit;
  }

  /** Reads what an earlier answer gave as {@code continue}. */
  public static Optional<RayServiceId> position(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    String[] parts = text.split("/", -1);
    Optional<RayServiceId> id =
        parts.length == 2 ? RayServiceId.of(parts[0], parts[1]) : Optional.empty();
    if (id.isEmpty()) {
      throw Problems.malformed("continue must be the one of an earlier answer, not " + text);
    }
    return id;
  }
}
