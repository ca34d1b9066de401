package io.github.rayservice.scaffolder.api.health;

import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.ExecutorService;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while the GitOps repository can be read and written. */
@Readiness
@ApplicationScoped
public class RepositoryReadiness implements HealthCheck {
  private final GitopsRepository repository;
  private final RecentLook recent;

  RepositoryReadiness(
      GitopsRepository repository, ReadinessConfig config, ExecutorService executor) {
    this.repository = repository;
    this.recent = new RecentLook(config.maxAge(), executor, this::look);
  }

  @Override
  public HealthCheckResponse call() {
    return recent.answer();
  }

  private HealthCheckResponse look() {
    var response = HealthCheckResponse.named("GitOps repository");
    try {
      repository.probe();
      return response.up().withData("branch", repository.branch()).build();
    } catch (GitopsException e) {
      return response.down().withData("reason", String.valueOf(e.getMessage())).build();
    }
  }
}
