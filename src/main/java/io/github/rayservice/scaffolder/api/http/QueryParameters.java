package io.github.rayservice.scaffolder.api.http;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/**
 * Reads query parameters. Jakarta REST answers 404 to a parameter that it cannot convert, which
 * does not tell the caller what to fix.
 */
public final class QueryParameters {
  public static final String NAMESPACE = "namespace";
  public static final String LIMIT = "limit";
  public static final String CONTINUE = "continue";
  public static final String DRY_RUN = "dryRun";

  /** Kubernetes' one value of {@code dryRun}. */
  public static final String ALL = "All";

  static final int MOST_ITEMS = 5000;

  private QueryParameters() {}

  public static boolean dryRun(Optional<String> text) {
    if (text.isPresent() && !text.get().equals(ALL)) {
      throw Problems.malformed("dryRun must be All, not " + text.get());
    }
    return text.isPresent();
  }

  public static int limit(String text) {
    int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > MOST_ITEMS) {
      throw Problems.malformed("limit must be a number from 1 to " + MOST_ITEMS + ", not " + text);
    }
    return limit;
  }

  /** Reads what an earlier answer gave as {@code continue}. */
  public static Optional<RayServiceId> position(Optional<String> text) {
    return text.map(QueryParameters::id);
  }

  private static RayServiceId id(String text) {
    String[] parts = text.split("/", -1);
    return Optional.of(parts)
        .filter(p -> p.length == 2)
        .flatMap(p -> RayServiceId.of(p[0], p[1]))
        .orElseThrow(
            () -> Problems.malformed("continue must be the one of an earlier answer, not " + text));
  }
}
