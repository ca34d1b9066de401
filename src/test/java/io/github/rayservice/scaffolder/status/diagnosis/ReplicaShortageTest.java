package io.github.rayservice.scaffolder.status.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaShortageTest {
  private static List<RayClusterState> workers(int number, int cpus) {
    ObjectMetadata metadata =
        new ObjectMetadata(
            "ray-system",
            "text-ml-x1",
            "c1",
            "1",
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    return List.of(new RayClusterState(metadata, number, number, cpus, "", List.of()));
  }

  private static String text(String needed, String free) {
    return "Deployment 'A' has 1 replicas that have taken more than 30s to be scheduled. Resources required for each replica: "
        + needed
        + ", total resources available: "
        + free
        + ". Use `ray status` for more details.";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"CPU\": 1} | {} | 1 | 1 | each replica needs 1 CPU, and 0 CPU is free: Ray counts 1 CPU for each worker (resources.worker.cpu, rounded up); workers: 1 | wait while packages are installed",
        "{\"CPU\": 4} | {\"CPU\": 1.0} | 2 | 1 | each replica needs 4 CPU, and 1 CPU is free: Ray counts 1 CPU for each worker (resources.worker.cpu, rounded up); workers: 2 | raise resources.worker.cpu in the form to 4 or more",
        "{\"CPU\": 0.5} | {\"CPU\": 0.2} | 0 | 0 | each replica needs 0.5 CPU, and 0.2 CPU is free | raise resources.head.cpu in the form to 0.5",
        "{\"CPU\": 1, \"GPU\": 1} | {\"CPU\": 3.0, \"memory\": 1e9} | 1 | 4 | each replica needs 1 GPU, and 0 GPU is free | have more GPUs on each worker",
        "{\"tpu\": 2} | {\"tpu\": 1.5} | 1 | 4 | each replica needs 2 tpu, and 1.5 tpu is free | compare what a replica asks for",
      })
  void whatIsLackingIsTold(
      String needed, String free, int number, int cpus, String arithmetic, String nextStep) {
    ReplicaShortage shortage = ReplicaShortage.of(text(needed, free)).orElseThrow();

    assertThat(shortage.arithmetic(workers(number, cpus))).isEqualTo(arithmetic);
    assertThat(shortage.nextStep(workers(number, cpus))).startsWith(nextStep);
  }

  /** Enough is free: the replicas wait for their packages. */
  @Test
  void whatIsThereIsNotLacking() {
    assertThat(ReplicaShortage.of(text("{\"CPU\": 1}", "{\"CPU\": 2.0}"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Resources required for each replica: UNKNOWN, total resources available: UNKNOWN."
      })
  void whatSaysNothingOfResourcesTellsNothing(String text) {
    assertThat(ReplicaShortage.of(text)).isEmpty();
  }
}
