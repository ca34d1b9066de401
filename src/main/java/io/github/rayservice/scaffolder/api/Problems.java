package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.form.InvalidFormException;
import io.github.rayservice.scaffolder.gitops.GitopsException;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Every error of this API as an RFC 9457 problem document. What the caller can mend is 4xx and says
 * how; an outage is 503 with {@code Retry-After}.
 */
final class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);

  /** Long enough for a disk or a Git server to come back, short enough for a person who waits. */
  private static final int RETRY_AFTER_SECONDS = 5;

  private static final int UNPROCESSABLE = 422;

  @ServerExceptionMapper
  Response invalid(InvalidFormException e) {
    return problem(UNPROCESSABLE, "invalid-form", "The form breaks rules")
        .withDetail(
            e.violations().size() == 1
                ? "1 violation; nothing was written"
                : e.violations().size() + " violations; nothing was written")
        .with("violations", e.violations())
        .build()
        .toResponse();
  }

  @ServerExceptionMapper
  Response uneditable(UneditableFileException e) {
    return problem(409, "edited-by-hand", "The file in Git cannot be updated")
        .withDetail(
            e.getMessage() + "; mend it in Git, or delete the Ray Service and create it again")
        .with("file", e.file())
        .build()
        .toResponse();
  }

  @ServerExceptionMapper
  Response git(GitopsException e) {
    return switch (e) {
      case GitopsException.Conflict conflict ->
          problem(409, "conflict", "Held by another Ray Service")
              .withDetail(conflict.getMessage())
              .with("heldBy", HeldBy.of(conflict))
              .build()
              .toResponse();
      case GitopsException.NotFound missing ->
          notFound(String.valueOf(missing.getMessage())).toResponse();
      case GitopsException.Stale stale ->
          problem(412, "stale", "Changed since it was read")
              .withDetail(stale.getMessage())
              .withHeader("ETag", '"' + stale.current() + '"')
              .build()
              .toResponse();
      case GitopsException.KeyReused reused ->
          problem(UNPROCESSABLE, "idempotency-key-reused", "Idempotency-Key used before")
              .withDetail(reused.getMessage())
              .build()
              .toResponse();
      case GitopsException.UnsafePath unsafe ->
          problem(409, "unsafe-path", "Something stands in the way in Git")
              .withDetail(unsafe.getMessage())
              .build()
              .toResponse();
      case GitopsException.Unavailable outage -> {
        LOG.error(outage.getMessage(), outage);
        yield problem(503, "repository-unavailable", "The GitOps repository is unavailable")
            .withDetail(outage.getMessage())
            .withHeader("Retry-After", RETRY_AFTER_SECONDS)
            .build()
            .toResponse();
      }
    };
  }

  /** Who holds what was asked for, and what that is. */
  record HeldBy(
      String namespace, String name, String branch, String createdBy, String fields, String value) {
    static HeldBy of(GitopsException.Conflict conflict) {
      GitopsException.Conflict.Holder holder = conflict.heldBy();
      return new HeldBy(
          holder.id().namespace(),
          holder.id().name(),
          holder.branch(),
          holder.createdBy(),
          conflict.claim().kind().fields(),
          conflict.claim().value());
    }
  }

  static HttpProblem notFound(String detail) {
    return problem(404, "not-found", "No such Ray Service").withDetail(detail).build();
  }

  static HttpProblem tooLarge(int limit) {
    return problem(413, "too-large", "The body is too large")
        .withDetail("a document has at most %d KiB".formatted(limit >> 10))
        .build();
  }

  static HttpProblem malformed(String detail) {
    return problem(400, "malformed", "The request cannot be read").withDetail(detail).build();
  }

  private static HttpProblem.Builder problem(int status, String type, String title) {
    return HttpProblem.builder()
        .withType(URI.create("urn:rayservice-scaffolder:problem:" + type))
        .withStatus(status)
        .withTitle(title);
  }
}
