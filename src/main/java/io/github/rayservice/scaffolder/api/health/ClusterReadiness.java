package io.github.rayservice.scaffolder.api.health;

import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.platform.Dependencies;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says which watches live, and what Ray Services need and have not. It is down during the first
 * look at the cluster alone, for a minute at most: without the cluster deployments go on, and the
 * status itself says what it does not know.
 */
@Readiness
@ApplicationScoped
class ClusterReadiness implements HealthCheck {
  private final StatusStore statusStore;
  private final Dependencies dependencies;

  ClusterReadiness(StatusStore statusStore, Dependencies dependencies) {
    this.statusStore = statusStore;
    this.dependencies = dependencies;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("Cluster")
            // Who asks before would be told of the beginning of a look as if it were all.
            .status(statusStore.hasSynced())
            .withData("watched", statusStore.watchesCluster());
    if (statusStore.watchesCluster()) {
      statusStore.sources().forEach((name, state) -> response.withData(name, inWords(state)));
      // Not asked here: a probe must not wait for a cluster that is away.
      dependencies
          .lastResults()
          .forEach(d -> response.withData(d.name(), d.state().label() + ": " + d.found()));
    }
    return response.build();
  }

  private static String inWords(SourceState state) {
    return switch (state) {
      case SourceState.Available live -> "read";
      case SourceState.NotWatched unwatched -> "not watched";
      case SourceState.Unavailable away ->
          "not read since %s: %s".formatted(away.since(), away.why());
    };
  }
}
