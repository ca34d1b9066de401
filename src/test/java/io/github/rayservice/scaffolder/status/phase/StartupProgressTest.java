package io.github.rayservice.scaffolder.status.phase;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.condition;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.kro;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ray;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a Ray Service that comes up waits for, step by step. */
class StartupProgressTest {
  private static final PodState WAITING_HEAD = pod(true, "Pending", false);
  private static final PodState STARTING_HEAD = pod(true, "Running", false);
  private static final PodState HEAD = pod(true, "Running", true);
  private static final PodState WORKER = pod(false, "Pending", false);

  @ParameterizedTest(name = "{4}")
  @MethodSource("steps")
  void saysWhatItWaitsFor(
      List<PodState> pods,
      List<RayClusterState> clusters,
      @Nullable String active,
      @Nullable String pending,
      String words) {
    ObservationFixture seen =
        running().ray(ray(1, 1, "False", "Initializing", List.of(), active, pending));

    Verdict verdict = verdict(seen, pods, clusters);

    assertThat(verdict.phase()).isEqualTo(Phase.STARTING);
    assertThat(verdict.reason()).isEqualTo("Initializing");
    assertThat(verdict.message()).isEqualTo(words);
  }

  static Stream<Arguments> steps() {
    List<RayClusterState> coming = List.of(cluster("two", 1));
    List<RayClusterState> there = List.of(cluster("two", 2), cluster("another", 0));
    return Stream.of(
        arguments(List.of(), List.of(), null, null, "it is not ready"),
        arguments(
            List.of(WAITING_HEAD, WORKER),
            coming,
            null,
            "DEPLOYING",
            "the pod of the Ray head waits for a node and its image"),
        arguments(
            List.of(WORKER, STARTING_HEAD),
            coming,
            null,
            "DEPLOYING",
            "Ray starts in the pod of the Ray head"),
        arguments(List.of(HEAD, WORKER), coming, null, "DEPLOYING", "1 of 2 workers run"),
        arguments(
            List.of(HEAD),
            List.of(),
            null,
            null,
            "the Ray head is ready; KubeRay hands it the Serve application"),
        arguments(
            List.of(HEAD), there, null, "DEPLOYING", "Ray Serve deploys the application text-ml"),
        // Without a right to read pods.
        arguments(
            List.of(), there, null, "NOT_STARTED", "Ray Serve deploys the application text-ml"),
        arguments(
            List.of(HEAD),
            there,
            "RUNNING",
            null,
            "the Serve applications run; no pod serves them yet"));
  }

  /** The words are those of kro 0.9.3. */
  @Test
  void kroThatWaitsHasNotFailed() {
    String waits =
        "resource reconciliation failed: waiting for unresolved resource: (data pending)";

    assertThat(verdictOfKro(waits).message()).isEqualTo("kro waits for its objects");
    assertThat(verdictOfKro("resource reconciliation failed: no luck").message())
        .isEqualTo("resource reconciliation failed: no luck");
  }

  private static Verdict verdictOfKro(String message) {
    return running()
        .kro(kro("IN_PROGRESS", 1, 1, condition("Ready", "False", "NotReady", message)))
        .verdict();
  }

  @Test
  void aServiceThatCameUpBeforeIsDegraded() {
    ObservationFixture seen =
        running().ray(ray(2, 2, "False", "ZeroServeEndpoints", List.of(), "RUNNING", null));

    Verdict verdict = verdict(seen, List.of(STARTING_HEAD), List.of());

    assertThat(verdict.phase()).isEqualTo(Phase.DEGRADED);
    assertThat(verdict.message()).isEqualTo("it is not ready");
  }

  private static Verdict verdict(
      ObservationFixture seen, List<PodState> pods, List<RayClusterState> clusters) {
    return PhaseRules.verdict(
        new Observation(
            ObservationFixture.ID,
            seen.git(),
            seen.argoCd(),
            seen.kro(),
            seen.kubeRay(),
            clusters,
            pods));
  }

  private static PodState pod(boolean head, String phase, boolean ready) {
    return new PodState(
        ObservationFixture.stamp(0, false),
        "two",
        head,
        phase,
        ready,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        List.of(),
        List.of());
  }

  private static RayClusterState cluster(String name, int available) {
    ObjectMetadata metadata =
        new ObjectMetadata(
            "ray-system",
            name,
            name,
            "7",
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    return new RayClusterState(metadata, 2, available, 1, "", List.of());
  }
}
