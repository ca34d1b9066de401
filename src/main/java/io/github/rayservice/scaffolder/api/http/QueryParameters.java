package io.github.rayservice.scaffolder.api.http;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads query parameters. Jakarta REST answers 404 to a parameter that it cannot convert, which
 * does not tell the caller what to fix. {@link QueryFilter} has refused what is empty or sent
 * twice.
 */
public final class QueryParameters {
  public static final String NAMESPACE = "namespace";
  public static final String LIMIT = "limit";
  public static final String CONTINUE = "continue";
  public static final String DRY_RUN = "dryRun";

  /** Kubernetes' one value of {@code dryRun}. */
  public static final String ALL = "All";

  /** A namespace and a name. */
  public static final String CONTINUE_PATTERN =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z]([-a-z0-9]*[a-z0-9])?$";

  /** A commit of Git. */
  public static final String COMMIT_PATTERN = "^[0-9a-f]{40}$";

  public static final int MOST_ITEMS = 5000;
  public static final int DEFAULT_ITEMS = 500;
  public static final int MOST_VERSIONS = 100;
  public static final int DEFAULT_VERSIONS = 20;

  static final String SOURCE = "query parameter of this API";
  private static final Pattern COMMIT = Pattern.compile(COMMIT_PATTERN);
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");
  private static final Pattern LABEL = Pattern.compile(RayServiceId.DNS_1123_LABEL);

  /** A DNS label has at most so many characters. */
  private static final int LONGEST_LABEL = 63;

  private QueryParameters() {}

  public static boolean dryRun(Optional<String> text) {
    if (text.isPresent() && !text.get().equals(ALL)) {
      throw Problems.malformed(DRY_RUN, text.get(), "must be " + ALL, SOURCE);
    }
    return text.isPresent();
  }

  public static int limit(Optional<String> text) {
    return text.map(t -> number(t, MOST_ITEMS)).orElse(DEFAULT_ITEMS);
  }

  /** The limit of a list whose items are compared with each other. */
  public static int versions(Optional<String> text) {
    return text.map(t -> number(t, MOST_VERSIONS)).orElse(DEFAULT_VERSIONS);
  }

  private static int number(String text, int most) {
    int limit = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > most) {
      throw Problems.malformed(LIMIT, text, "must be a number from 1 to " + most, SOURCE);
    }
    return limit;
  }

  public static Optional<String> namespace(Optional<String> text) {
    if (text.isPresent()
        && !(text.get().length() <= LONGEST_LABEL && LABEL.matcher(text.get()).matches())) {
      throw Problems.malformed(
          NAMESPACE,
          text.get(),
          "must be the name of a namespace",
          "Kubernetes DNS label (RFC 1123)");
    }
    return text;
  }

  /** Reads what an earlier answer gave as {@code continue}. */
  public static Optional<RayServiceId> position(Optional<String> text) {
    return text.map(QueryParameters::id);
  }

  /** Reads the commit that an earlier answer gave as {@code continue}. */
  public static Optional<String> commit(Optional<String> text) {
    if (text.isPresent() && !COMMIT.matcher(text.get()).matches()) {
      throw Problems.malformed(
          CONTINUE, text.get(), "must be the one of an earlier answer", SOURCE);
    }
    return text;
  }

  private static RayServiceId id(String text) {
    String[] parts = text.split("/", -1);
    return Optional.of(parts)
        .filter(p -> p.length == 2)
        .flatMap(p -> RayServiceId.of(p[0], p[1]))
        .orElseThrow(() ->
            Problems.malformed(CONTINUE, text, "must be the one of an earlier answer", SOURCE));
  }
}
