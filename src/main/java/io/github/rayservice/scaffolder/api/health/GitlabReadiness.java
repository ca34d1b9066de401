package io.github.rayservice.scaffolder.api.health;

import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.ProtectedBranch;
import io.github.rayservice.scaffolder.gitlab.TokenInfo;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Ready only while GitLab takes the token, the token has the scope that merge requests need, and
 * the project is where the settings say. A GitLab that asks for patience takes it all the same.
 * Says as well whether others may push to the branches of proposals.
 */
@Readiness
@ApplicationScoped
public class GitlabReadiness implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(GitlabReadiness.class);
  private static final String SCOPE = "api";
  private static final String PROTECTED = "protected";

  /** People change this once, and readiness does not depend on it. */
  private static final Duration PROTECTION_AGE = Duration.ofMinutes(5);

  private final GitlabClient gitlab;
  private final GitopsRepository repository;
  private final RecentLook recent;
  private final Duration protectionAge;
  private Protection protection = new Protection("", 0);

  /** Whether proposals' branches are protected, in words; {@code nanos} is when that was asked. */
  private record Protection(String words, long nanos) {}

  GitlabReadiness(
      GitlabClient gitlab,
      GitopsRepository repository,
      ReadinessConfig config,
      ExecutorService executor) {
    this.gitlab = gitlab;
    this.repository = repository;
    this.protectionAge = config.maxAge().isZero() ? Duration.ZERO : PROTECTION_AGE;
    this.recent = new RecentLook(config.maxAge(), executor, this::look);
  }

  @Override
  public HealthCheckResponse call() {
    return recent.answer();
  }

  private HealthCheckResponse look() {
    HealthCheckResponseBuilder response = HealthCheckResponse.named("GitLab");
    if (!gitlab.isConfigured() || !repository.proposes()) {
      return response.up().withData("used", false).build();
    }
    try {
      TokenInfo token = gitlab.token();
      response.withData("token", token.name());
      if (token.expiresAt() != null) {
        response.withData("tokenExpires", token.expiresAt());
      }
      if (token.isFineGrained()) {
        response.withData(
            "permissions", "cannot be checked, because the token has fine-grained permissions");
      } else if (!token.scopes().contains(SCOPE)) {
        return response
            .down()
            .withData(
                "reason",
                "scaffolder.gitlab.token lacks the scope %s; it has %s"
                    .formatted(SCOPE, String.join(", ", token.scopes())))
            .build();
      }
      response.withData("project", gitlab.project().pathWithNamespace());
      return response.up().withData("proposalBranches", protection()).build();
    } catch (GitlabException.RateLimited e) {
      return response.up().withData("reason", String.valueOf(e.getMessage())).build();
    } catch (GitlabException e) {
      return response.down().withData("reason", String.valueOf(e.getMessage())).build();
    }
  }

  /** Not protected is no reason to be down: the service works, and refuses what others push. */
  private synchronized String protection() {
    if (protection.words().isEmpty()
        || System.nanoTime() - protection.nanos() > protectionAge.toNanos()) {
      String words = askForProtection();
      if (!words.equals(protection.words()) && !words.equals(PROTECTED)) {
        LOG.warnf("branches of proposals: %s", words);
      }
      protection = new Protection(words, System.nanoTime());
    }
    return protection.words();
  }

  private String askForProtection() {
    try {
      return ProtectedBranch.problem(gitlab.protectedBranches(), RefNames.PROPOSALS)
          .orElse(PROTECTED);
    } catch (GitlabException e) {
      return "not known whether they are protected, because GitLab does not tell: "
          + e.getMessage();
    }
  }
}
