package io.github.rayservice.scaffolder.api.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Gives every request a name, which the answer, the log and the commit carry. */
public final class RequestIdFilter {
  public static final String HEADER = "X-Request-Id";
  static final String PROPERTY = "requestId";

  // The name ends up in a commit trailer and in log lines.
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  @ServerRequestFilter(preMatching = true)
  void request(ContainerRequestContext context) {
    String given = context.getHeaderString(HEADER);
    String id =
        given != null && SAFE.matcher(given).matches() ? given : UUID.randomUUID().toString();
    context.setProperty(PROPERTY, id);
    MDC.put(PROPERTY, id);
  }

  @ServerResponseFilter
  void response(ContainerRequestContext request, ContainerResponseContext response) {
    Object id = request.getProperty(PROPERTY);
    if (id != null) {
      response.getHeaders().putSingle(HEADER, id);
    }
    MDC.remove(PROPERTY);
  }
}
