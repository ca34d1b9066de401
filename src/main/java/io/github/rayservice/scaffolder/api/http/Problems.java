package io.github.rayservice.scaffolder.api.http;

import io.github.rayservice.scaffolder.access.AccessException;
import io.github.rayservice.scaffolder.deploy.StillDeletingException;
import io.github.rayservice.scaffolder.form.InvalidFormException;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.WebhookException;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Every error of this API as an RFC 9457 problem document. What the caller can fix is 4xx and says
 * how; an outage is 503 with {@code Retry-After}.
 */
public final class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);

  /** Long enough for a disk or a Git server to come back, short enough for a person who waits. */
  private static final int RETRY_AFTER_SECONDS = 5;

  /** The library for problems maps the same exceptions, with fewer words. */
  private static final int BEFORE_OTHERS = 1;

  private static final int UNPROCESSABLE = 422;
  private static final String NOT_FOUND = "not-found";
  private static final String VIOLATIONS = "violations";

  /** As a field: all of the body. */
  private static final String BODY = "(body)";

  private static final String POLICY = "policy of this platform";
  private static final String NO_SUCH = "No such Ray Service";

  @ServerExceptionMapper
  Response invalid(InvalidFormException e, UriInfo uri) {
    return answer(
        problem(UNPROCESSABLE, "invalid-form", "The form breaks rules")
            .withDetail(
                e.violations().size() == 1
                    ? "1 violation; nothing was written"
                    : e.violations().size() + " violations; nothing was written")
            .with(VIOLATIONS, e.violations()),
        uri);
  }

  @ServerExceptionMapper
  Response uneditable(UneditableFileException e, UriInfo uri) {
    return answer(
        problem(409, "edited-by-hand", "The file in Git cannot be updated")
            .withDetail(
                e.getMessage() + "; fix it in Git, or delete the Ray Service and create it again")
            .with("file", e.file()),
        uri);
  }

  @ServerExceptionMapper
  Response deleting(StillDeletingException e, UriInfo uri) {
    return answer(
        problem(409, "still-deleting", "Still being deleted")
            .withHeader("Retry-After", RETRY_AFTER_SECONDS)
            .withDetail(e.getMessage()),
        uri);
  }

  @ServerExceptionMapper
  Response git(GitopsException e, UriInfo uri) {
    HttpProblem.Builder problem =
        switch (e) {
          case GitopsException.Conflict conflict ->
              problem(
                      409,
                      "conflict",
                      conflict.isSame() ? "It exists already" : "Held by another Ray Service")
                  .with("heldBy", HeldBy.of(conflict));
          case GitopsException.NotFound missing -> problem(404, NOT_FOUND, NO_SUCH);
          case GitopsException.Stale stale ->
              problem(412, "stale", "Changed since it was read")
                  .withHeader("ETag", '"' + stale.current() + '"');
          case GitopsException.KeyReused reused ->
              problem(UNPROCESSABLE, "idempotency-key-reused", "Idempotency-Key used before")
                  .with(
                      VIOLATIONS,
                      List.of(
                          Violation.withoutValue(
                              RequestHeaders.IDEMPOTENCY_KEY,
                              "must be new for a new request",
                              "header of this API")));
          case GitopsException.UnsafePath unsafe ->
              problem(409, "unsafe-path", "Something else is at the path in Git");
          case GitopsException.Oversized oversized ->
              problem(409, "oversized-branch", "The branch in Git is too large");
          case GitopsException.ForeignBranch foreign ->
              problem(409, "foreign-branch", "Others have changed more on its branch")
                  .with("branch", foreign.branch())
                  .with("path", foreign.path())
                  .with("commit", foreign.commit());
          case GitopsException.Refused refused ->
              problem(403, "push-refused", "The Git server refuses the change");
          case GitopsException.Unavailable outage -> {
            LOG.error(outage.getMessage(), outage);
            yield problem(503, "repository-unavailable", "The GitOps repository is unavailable")
                .withHeader("Retry-After", RETRY_AFTER_SECONDS);
          }
        };
    boolean exists = e instanceof GitopsException.Conflict conflict && conflict.isSame();
    String detail = exists ? e.getMessage() + ": PUT changes it" : e.getMessage();
    return answer(problem.withDetail(detail), uri);
  }

  @ServerExceptionMapper
  Response gitlab(GitlabException e, UriInfo uri) {
    LOG.error(e.getMessage(), e);
    HttpProblem.Builder problem =
        switch (e) {
          case GitlabException.Refused refused ->
              problem(403, "gitlab-refused", "GitLab refuses the merge request");
          case GitlabException.Conflict other ->
              problem(409, "merge-request-exists", "Another merge request is in the way");
          case GitlabException.Denied denied -> outage("gitlab-denied", "GitLab denies access");
          case GitlabException.NotFound missing ->
              outage("gitlab-denied", "GitLab does not show the project");
          case GitlabException.RateLimited busy ->
              problem(503, "gitlab-busy", "GitLab is busy")
                  .withHeader(
                      "Retry-After",
                      busy.retryAfter()
                          .map(Duration::toSeconds)
                          .orElse((long) RETRY_AFTER_SECONDS));
          case GitlabException.Elsewhere elsewhere ->
              outage("gitlab-elsewhere", "GitLab's API is not where the settings say");
          case GitlabException.BranchUnseen behind ->
              outage("gitlab-unavailable", "GitLab is behind the push");
          case GitlabException.Unavailable away ->
              outage("gitlab-unavailable", "GitLab is unavailable");
        };
    return answer(
        problem.withDetail(
            e.getMessage()
                + "; what was pushed already is kept, and the same request again goes on from there"),
        uri);
  }

  @ServerExceptionMapper
  Response webhook(WebhookException e, UriInfo uri) {
    LOG.warnf("refused a webhook: %s", e.getMessage());
    HttpProblem.Builder problem =
        switch (e) {
          case WebhookException.Denied denied ->
              problem(401, "webhook-denied", "Not proved to be GitLab's")
                  .withHeader("WWW-Authenticate", "Webhook");
          case WebhookException.TooLarge large -> tooLarge();
          case WebhookException.TooSlow slow ->
              problem(408, "too-slow", "The body does not arrive");
          case WebhookException.TooMany many -> tooMany(RETRY_AFTER_SECONDS);
          case WebhookException.Empty empty ->
              malformed()
                  .with(
                      VIOLATIONS,
                      List.of(
                          Violation.withoutValue(BODY, "must not be empty", "GitLab webhooks")));
        };
    return answer(problem.withDetail(e.getMessage()), uri);
  }

  @ServerExceptionMapper
  Response access(AccessException e, UriInfo uri) {
    HttpProblem.Builder problem =
        switch (e) {
          case AccessException.Unproven unproven ->
              problem(401, "unproven", "Nothing proves who calls")
                  .withHeader("WWW-Authenticate", "Bearer");
          case AccessException.Forbidden forbidden -> problem(403, "forbidden", "Not allowed");
          case AccessException.TooMany many -> tooMany(many.retryAfter().toSeconds());
          case AccessException.Unavailable away ->
              outage("identity-unavailable", "Who calls cannot be verified now");
        };
    return answer(problem.withDetail(e.getMessage()), uri);
  }

  @ServerExceptionMapper(priority = BEFORE_OTHERS)
  Response anonymous(UnauthorizedException e, ContainerRequestContext context) {
    String header = context.getHeaderString(HttpHeaders.AUTHORIZATION);
    boolean sent = RequestHeaders.bearerToken(header).isPresent();
    return access(
        new AccessException.Unproven(
            sent ? "the token is not known here" : "send a token: Authorization: Bearer …"),
        context.getUriInfo());
  }

  /** Of the OIDC issuer; other kinds of tokens fail with an {@link AccessException}. */
  @ServerExceptionMapper(priority = BEFORE_OTHERS)
  Response unproven(AuthenticationFailedException e, UriInfo uri) {
    return access(new AccessException.Unproven("the issuer's keys do not prove the token"), uri);
  }

  /** The same request is taken a little later. */
  private static HttpProblem.Builder tooMany(long retryAfterSeconds) {
    return problem(429, "too-many-requests", "Too many requests at a time")
        .withHeader("Retry-After", retryAfterSeconds);
  }

  private static HttpProblem.Builder outage(String type, String title) {
    return problem(503, type, title).withHeader("Retry-After", RETRY_AFTER_SECONDS);
  }

  static Response answer(HttpProblem.Builder problem, UriInfo uri) {
    return problem.withInstance(URI.create(uri.getRequestUri().getRawPath())).build().toResponse();
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

  public static HttpProblem notFound(String detail) {
    return problem(404, NOT_FOUND, NO_SUCH).withDetail(detail).build();
  }

  public static HttpProblem notSynced() {
    return problem(503, "cluster-not-read", "The cluster is being read for the first time")
        .withHeader("Retry-After", RETRY_AFTER_SECONDS)
        .withDetail("the phases of Ray Services are not known until then; ask again shortly")
        .build();
  }

  public static HttpProblem noTemplate(String path) {
    return problem(404, NOT_FOUND, "No such template").withDetail("there is no " + path).build();
  }

  static HttpProblem tooLarge(int limit) {
    String rule = "has at most %d KiB".formatted(limit >> 10);
    return tooLarge()
        .withDetail("a document " + rule)
        .with(VIOLATIONS, List.of(Violation.withoutValue(BODY, rule, POLICY)))
        .build();
  }

  private static HttpProblem.Builder tooLarge() {
    return problem(413, "too-large", "The body is too large");
  }

  public static HttpProblem noWebhooks() {
    return problem(404, "no-webhooks", "Webhooks are not set up")
        .withDetail(
            "set scaffolder.gitlab.webhook.signing-token or scaffolder.gitlab.webhook.secret-token to take webhooks")
        .build();
  }

  /** A parameter, a header or a field that breaks a rule of this API. */
  public static HttpProblem malformed(String field, String value, String rule, String source) {
    Violation violation = Violation.ofRequest(field, value, rule, source);
    String shown = violation.value() == null ? "" : ", not " + violation.value();
    return malformed()
        .withDetail(field + " " + rule + shown)
        .with(VIOLATIONS, List.of(violation))
        .build();
  }

  static HttpProblem malformedBody(String rule, String source) {
    return malformed()
        .withDetail("the body " + rule)
        .with(VIOLATIONS, List.of(Violation.withoutValue(BODY, rule, source)))
        .build();
  }

  private static HttpProblem.Builder malformed() {
    return problem(400, "malformed", "The request cannot be read");
  }

  static HttpProblem.Builder noSuchPath(String path) {
    return problem(404, "no-such-path", "Nothing is there")
        .withDetail("there is nothing at " + path + "; /q/openapi lists what is there");
  }

  static HttpProblem.Builder methodNotAllowed(String method, String allowed) {
    return problem(405, "method-not-allowed", "The method is not for this address")
        .withHeader("Allow", allowed)
        .withDetail("this address takes %s, not %s".formatted(allowed, method));
  }

  static HttpProblem.Builder notAcceptable(String accept) {
    return negotiation(
        problem(406, "not-acceptable", "No answer in that format"),
        HttpHeaders.ACCEPT,
        accept,
        "must include application/json or application/yaml, and text/event-stream for events",
        "RFC 9110, 12.5.1");
  }

  static HttpProblem.Builder unsupportedMediaType(String contentType) {
    return negotiation(
        problem(415, "unsupported-media-type", "The body is in another format"),
        HttpHeaders.CONTENT_TYPE,
        contentType,
        "must be application/json, or application/yaml for a form",
        "RFC 9110, 8.3");
  }

  private static HttpProblem.Builder negotiation(
      HttpProblem.Builder problem, String header, String value, String rule, String source) {
    Violation violation = Violation.ofRequest(header, value, rule, source);
    return problem
        .withDetail("%s %s, not %s".formatted(header, rule, violation.value()))
        .with(VIOLATIONS, List.of(violation));
  }

  private static HttpProblem.Builder problem(int status, String type, String title) {
    return HttpProblem.builder()
        .withType(URI.create("urn:rayservice-scaffolder:problem:" + type))
        .withStatus(status)
        .withTitle(title);
  }
}
