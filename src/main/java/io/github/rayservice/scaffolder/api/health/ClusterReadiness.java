package io.github.rayservice.scaffolder.api.health;

import io.github.rayservice.scaffolder.status.Board;
import io.github.rayservice.scaffolder.status.platform.Dependencies;
import io.github.rayservice.scaffolder.status.resource.Access;
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
  private final Board board;
  private final Dependencies dependencies;

  ClusterReadiness(Board board, Dependencies dependencies) {
    this.board = board;
    this.dependencies = dependencies;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("Cluster")
            // Who asks before would be told of the beginning of a look as if it were all.
            .status(board.isSettled())
            .withData("watched", board.watchesCluster());
    if (board.watchesCluster()) {
      board.sources().forEach((name, access) -> response.withData(name, inWords(access)));
      // Not asked here: a probe must not wait for a cluster that is away.
      dependencies
          .asOfLastLook()
          .forEach(d -> response.withData(d.name(), d.state().words() + ": " + d.found()));
    }
    return response.build();
  }

  private static String inWords(Access access) {
    return switch (access) {
      case Access.Live live -> "read";
      case Access.Unwatched unwatched -> "not watched";
      case Access.Unreadable away -> "not read since %s: %s".formatted(away.since(), away.why());
    };
  }
}
