package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.access.AccessControl;
import io.github.rayservice.scaffolder.access.AccessException;
import io.github.rayservice.scaffolder.access.Caller;
import io.github.rayservice.scaffolder.deploy.DeployResult;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * One line in the log category {@code audit} for every write that is asked for: who, what, and what
 * became of it. The line's requestId is that of the answer and the commit.
 */
@ApplicationScoped
class AuditLog {
  private static final Logger LOG = Logger.getLogger("audit");
  private static final Pattern PLAIN = Pattern.compile("[^\\x21-\\x7e]");
  private static final int LONGEST = 120;

  private final AccessControl access;

  AuditLog(AccessControl access) {
    this.access = access;
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
  DeployResult record(Write write, Supplier<DeployResult> deploy) {
    try {
      DeployResult deployment = deploy.get();
      CommitResult result = deployment.result();
      LOG.infof(
          "allowed %s: %s %s",
          write, result.outcome().name().toLowerCase(Locale.ROOT), result.commit());
      return deployment;
    } catch (RuntimeException e) {
      LOG.infof("allowed %s: failed (%s)", write, e.getClass().getSimpleName());
      throw e;
    }
  }

  /** What was sent may hold anything; a line holds one attempt. */
  private static String plain(String text) {
    String safe = PLAIN.matcher(text).replaceAll("?");
    return safe.length() > LONGEST ? safe.substring(0, LONGEST) + "…" : safe;
  }
}
