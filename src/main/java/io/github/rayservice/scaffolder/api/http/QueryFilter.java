package io.github.rayservice.scaffolder.api.http;

import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses a parameter that is empty or sent more than once. Jakarta REST takes an empty one for an
 * absent one, and the first of several: an empty {@code dryRun} would write.
 */
final class QueryFilter {
  private static final List<String> PARAMETERS =
      List.of(
          QueryParameters.NAMESPACE,
          QueryParameters.LIMIT,
          QueryParameters.CONTINUE,
          QueryParameters.DRY_RUN);

  @ServerRequestFilter
  void check(UriInfo uri) {
    for (String name : PARAMETERS) {
      List<String> values = uri.getQueryParameters().getOrDefault(name, List.of());
      if (values.size() > 1 || values.contains("")) {
        throw Problems.malformed(
            name,
            '"' + String.join("\" and \"", values) + '"',
            "must be sent once, with a value",
            QueryParameters.SOURCE);
      }
    }
  }
}
