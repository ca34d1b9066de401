package io.github.rayservice.scaffolder.api.health;

import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.TokenInfo;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.ExecutorService;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready only while GitLab takes the token and the token has the scope that merge requests need. A
 * GitLab that asks for patience takes it all the same.
 */
@Readiness
@ApplicationScoped
public class GitlabReadiness implements HealthCheck {
  private static final String SCOPE = "api";

  private final GitlabClient gitlab;
  private final GitopsRepository repository;
  private final RecentLook recent;

  GitlabReadiness(
      GitlabClient gitlab,
      GitopsRepository repository,
      ReadinessConfig config,
      ExecutorService executor) {
    this.gitlab = gitlab;
    this.repository = repository;
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
      return token.scopes().contains(SCOPE)
          ? response.up().build()
          : response
              .down()
              .withData(
                  "reason",
                  "scaffolder.gitlab.token lacks the scope %s; it has %s"
                      .formatted(SCOPE, String.join(", ", token.scopes())))
              .build();
    } catch (GitlabException.RateLimited e) {
      return response.up().withData("reason", String.valueOf(e.getMessage())).build();
    } catch (GitlabException e) {
      return response.down().withData("reason", String.valueOf(e.getMessage())).build();
    }
  }
}
