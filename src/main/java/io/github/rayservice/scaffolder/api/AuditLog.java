package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.access.AccessControl;
import io.github.rayservice.scaffolder.access.AccessException;
import io.github.rayservice.scaffolder.access.Caller;
import io.github.rayservice.scaffolder.deploy.DeployResult;
import io.github.rayservice.scaffolder.deploy.DryRunResult;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * One line in the log category {@code audit} for every write that is asked for, also as a dry run:
 * who, what, and what became of it; and one for every request whose sender is not proven. The
 * line's requestId is that of the answer and the commit.
 */
@ApplicationScoped
public class AuditLog {
  private static final Logger LOG = Logger.getLogger("audit");

  /** A backslash is the mark of what is written in another way. */
  private static final Pattern NOT_PLAIN = Pattern.compile("[^\\x21-\\x5b\\x5d-\\x7e]");

  private static final int LONGEST = 300;
  private static final int UNAUTHORIZED = 401;

  /** Response filters run from the highest priority on; RequestIdFilter takes the id away. */
  private static final int WHILE_THE_ID_IS_KNOWN = Priorities.USER + 1;

  private final AccessControl access;
  private final Counter unproven;

  AuditLog(AccessControl access, MeterRegistry meters) {
    this.access = access;
    this.unproven =
        Counter.builder("scaffolder.access.unproven")
            .description("Requests whose sender is not proven, answered 401")
            .register(meters);
  }

  /** A write that a caller asks for. */
  record Write(Caller caller, String verb, String namespace, String name) {
    @Override
    public String toString() {
      return "%s %s/%s by %s"
          .formatted(
              verb, plain(namespace), plain(name), plain(caller.subject().orElse("anybody")));
    }
  }

  /**
   * Holds it to what its caller may, before anything is asked of Git.
   *
   * @throws AccessException.Forbidden when it may not
   */
  void authorize(Write write) {
    try {
      access.requireWrite(write.caller(), write.namespace());
    } catch (AccessException.Forbidden e) {
      LOG.warnf("denied %s", write);
      throw e;
    }
  }

  /** Does the write, and logs its outcome. */
  DeployResult deploy(Write write, Supplier<DeployResult> deploy) {
    DeployResult deployment = logFailure("allowed " + write + ": failed", deploy);
    CommitResult result = deployment.result();
    LOG.infof(
        "allowed %s: %s %s",
        write, result.outcome().name().toLowerCase(Locale.ROOT), result.commit());
    return deployment;
  }

  /** Does the dry run, and logs that it was one. */
  DryRunResult preview(Write write, Supplier<DryRunResult> preview) {
    DryRunResult result = logFailure("allowed " + write + ": dry run failed", preview);
    LOG.infof("allowed %s: dry run", write);
    return result;
  }

  private static <T> T logFailure(String line, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      LOG.infof("%s (%s)", line, e.getClass().getSimpleName());
      throw e;
    }
  }

  /** Logs what is answered 401, whoever answered it. */
  @ServerResponseFilter(priority = WHILE_THE_ID_IS_KNOWN)
  void unproven(ContainerRequestContext request, ContainerResponseContext response) {
    if (response.getStatus() != UNAUTHORIZED) {
      return;
    }
    unproven.increment();
    LOG.warnf(
        "unproven %s %s: %s",
        plain(request.getMethod()),
        plain(request.getUriInfo().getRequestUri().getRawPath()),
        response.getEntity() instanceof HttpProblem problem ? problem.getDetail() : "");
  }

  /**
   * One word of visible ASCII that no other text becomes: what was sent may hold anything, and
   * different letters may look alike. A longer text ends in a part of its SHA-256.
   */
  static String plain(String text) {
    String safe =
        NOT_PLAIN.matcher(text).replaceAll(found -> "\\\\u%s".formatted(hex(found.group())));
    return safe.length() > LONGEST
        ? safe.substring(0, LONGEST) + "\\~" + DigestUtils.sha256Hex(safe).substring(0, 32)
        : safe;
  }

  private static String hex(String character) {
    return character.chars().mapToObj("%04x"::formatted).collect(Collectors.joining("\\\\u"));
  }
}
