package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.PodState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a starting Ray Service waits for. For minutes KubeRay (1.6) says only that it is
 * initializing.
 */
final class StartupProgress {
  private StartupProgress() {}

  /** Describes it for people; empty when the observation does not tell. */
  static Optional<String> waitsFor(Observation seen, KubeRayService ray) {
    return head(seen).or(() -> workers(seen, ray)).or(() -> applications(seen, ray));
  }

  private static Optional<String> head(Observation seen) {
    List<PodState> heads = heads(seen).toList();
    if (heads.isEmpty() || heads.stream().anyMatch(PodState::ready)) {
      return Optional.empty();
    }
    return Optional.of(
        heads.stream().allMatch(head -> head.phase().equals("Pending"))
            ? "the pod of the Ray head waits for a node and its image"
            : "Ray starts in the pod of the Ray head");
  }

  /** Without those that do not start again. */
  private static Stream<PodState> heads(Observation seen) {
    return seen.pods().stream().filter(pod -> pod.head() && !pod.hasEnded());
  }

  private static Optional<String> workers(Observation seen, KubeRayService ray) {
    List<String> names = clusters(ray).map(KubeRayService.Cluster::name).toList();
    return seen.clusters().stream()
        .filter(
            c -> names.contains(c.metadata().name()) && c.availableWorkers() < c.desiredWorkers())
        .findFirst()
        .map(c -> "%d of %d workers run".formatted(c.availableWorkers(), c.desiredWorkers()));
  }

  private static Optional<String> applications(Observation seen, KubeRayService ray) {
    List<KubeRayService.Application> all =
        clusters(ray).flatMap(cluster -> cluster.applications().stream()).toList();
    if (all.isEmpty()) {
      return heads(seen).findAny().isPresent()
          ? Optional.of("the Ray head is ready; KubeRay hands it the Serve application")
          : Optional.empty();
    }
    return all.stream()
        .filter(application -> !application.status().equals("RUNNING"))
        .findFirst()
        .map(application -> "Ray Serve deploys the application " + application.name())
        .or(() -> Optional.of("the Serve applications run; no pod serves them yet"));
  }

  private static Stream<KubeRayService.Cluster> clusters(KubeRayService ray) {
    return Stream.concat(ray.pending().stream(), ray.active().stream());
  }
}
