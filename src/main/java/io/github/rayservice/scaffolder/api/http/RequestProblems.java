package io.github.rayservice.scaffolder.api.http;

import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Requests that no resource gets, answered as {@link Problems} answers the others. */
@Singleton
public class RequestProblems {
  private final AllowedMethods methods;

  RequestProblems(AllowedMethods methods) {
    this.methods = methods;
  }

  /** After {@link RequestIdFilter}, whose name for the request every answer carries. */
  private static final int AFTER_ITS_NAME = Priorities.USER + 1;

  /**
   * Refuses what Quarkus REST fails on or has nothing to say about, and answers OPTIONS, which it
   * answers by class.
   */
  @ServerRequestFilter(preMatching = true, priority = AFTER_ITS_NAME)
  public Optional<Response> answerEarly(ContainerRequestContext request) {
    UriInfo uri = request.getUriInfo();
    String accept = request.getHeaderString(HttpHeaders.ACCEPT);
    if (accept != null && !Arrays.stream(accept.split(",", -1)).allMatch(RequestProblems::isType)) {
      return Optional.of(Problems.answer(Problems.notAcceptable(accept), uri));
    }
    String contentType = request.getHeaderString(HttpHeaders.CONTENT_TYPE);
    if (contentType != null && !isType(contentType)) {
      return Optional.of(Problems.answer(Problems.unsupportedMediaType(contentType), uri));
    }
    NavigableSet<String> allowed = methods.of(uri.getPath());
    if (allowed.isEmpty()) {
      return Optional.of(Problems.answer(Problems.noSuchPath(uri.getPath()), uri));
    }
    return request.getMethod().equals(HttpMethod.OPTIONS)
        ? Optional.of(
            Response.noContent().header(HttpHeaders.ALLOW, String.join(", ", allowed)).build())
        : Optional.empty();
  }

  private static boolean isType(String header) {
    try {
      return MediaType.valueOf(header).getType() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @ServerExceptionMapper
  public Response notAllowed(NotAllowedException e, UriInfo uri, ContainerRequestContext request) {
    return Problems.answer(
        Problems.methodNotAllowed(
            request.getMethod(), String.join(", ", methods.of(uri.getPath()))),
        uri);
  }

  @ServerExceptionMapper
  public Response notAcceptable(
      NotAcceptableException e, UriInfo uri, ContainerRequestContext request) {
    return Problems.answer(Problems.notAcceptable(header(request, HttpHeaders.ACCEPT)), uri);
  }

  @ServerExceptionMapper
  public Response notSupported(
      NotSupportedException e, UriInfo uri, ContainerRequestContext request) {
    return Problems.answer(
        Problems.unsupportedMediaType(header(request, HttpHeaders.CONTENT_TYPE)), uri);
  }

  private static String header(ContainerRequestContext request, String name) {
    return Objects.requireNonNullElse(request.getHeaderString(name), "");
  }
}
