package io.github.rayservice.scaffolder.api;

import io.github.rayservice.scaffolder.api.health.GitlabReadiness;
import io.github.rayservice.scaffolder.api.health.RepositoryReadiness;
import io.github.rayservice.scaffolder.api.http.MediaTypes;
import io.github.rayservice.scaffolder.status.platform.Dependencies;
import io.github.rayservice.scaffolder.status.platform.Dependency;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What Ray Services need, whether it is there, and what to do where it is not. */
@Path("/api/v1/dependencies")
@Tag(name = "Status")
@Produces({MediaTypes.JSON, MediaTypes.YAML})
@Authenticated
public class DependenciesResource {
  private final Dependencies dependencies;
  private final RepositoryReadiness repository;
  private final GitlabReadiness gitlab;

  DependenciesResource(
      Dependencies dependencies,
      @Readiness RepositoryReadiness repository,
      @Readiness GitlabReadiness gitlab) {
    this.dependencies = dependencies;
    this.repository = repository;
    this.gitlab = gitlab;
  }

  @Schema(name = "Dependencies")
  record DependencyList(List<DependencyRepresentation> items) {}

  @Schema(name = "Dependency", description = "Something that Ray Services need")
  record DependencyRepresentation(
      @Schema(examples = "KubeRay") String name,
      @Schema(
              description = "Unknown when it cannot be read",
              enumeration = {"Ok", "Problem", "Unknown"})
          String state,
      @Schema(description = "What is there", examples = "v1.6.2") String found,
      @Schema(description = "What to do; empty when all is well") String nextStep) {
    static DependencyRepresentation of(Dependency dependency) {
      return new DependencyRepresentation(
          dependency.name(), dependency.state().label(), dependency.found(), dependency.nextStep());
    }
  }

  @GET
  @Operation(summary = "List what Ray Services need, and what to do where it is missing")
  public DependencyList listDependencies() {
    return new DependencyList(
        Stream.concat(
                Stream.of(of("Git", repository.call()), of("GitLab", gitlab.call())),
                dependencies.check().stream())
            .map(DependencyRepresentation::of)
            .toList());
  }

  /** The health checks know these two best. */
  private static Dependency of(String name, HealthCheckResponse health) {
    Map<String, Object> data = health.getData().orElse(Map.of());
    return health.getStatus() == HealthCheckResponse.Status.UP
        ? Dependency.ok(
            name, Boolean.FALSE.equals(data.get("used")) ? "it is not used" : "it answers")
        : Dependency.problem(
            name,
            String.valueOf(data.get("reason")),
            "fix what the reason says; nothing can be deployed until then");
  }
}
