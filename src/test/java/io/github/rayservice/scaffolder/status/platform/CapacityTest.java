package io.github.rayservice.scaffolder.status.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is left of the nodes. */
class CapacityTest {
  @Test
  void requestsOfRunningPodsAreSubtracted() {
    Capacity nodes =
        new Capacity(List.of(node("one", "4", "8Gi", false), node("two", "2", "4Gi", false)));
    nodes.take(List.of(pod("one", "1500m", "1Gi", "Running"), pod("one", "2", "4Gi", "Succeeded")));
    nodes.take(List.of(pod("two", "500m", "512Mi", "Pending")));

    Dependency capacity = nodes.dependency();

    assertThat(capacity.state()).isEqualTo(Dependency.State.OK);
    assertThat(capacity.found())
        .isEqualTo(
            "free on the 2 emptiest of 2 nodes: one: 2.5 CPU, 7 GiB memory, 0 GPUs; two: 1.5 CPU, 3.5 GiB memory, 0 GPUs");
  }

  @Test
  void devicesOfProfilesAreCountedByTheirNames() {
    Node node = node("one", "4", "8Gi", false);
    node.getStatus()
        .setAllocatable(
            Map.of(
                "cpu", new Quantity("4"),
                "aws.amazon.com/neuroncore", new Quantity("2"),
                "ephemeral-storage", new Quantity("40Gi"),
                "hugepages-2Mi", new Quantity("1Gi")));
    Pod pod = pod("one", "1", "1Gi", "Running");
    pod.getSpec()
        .getContainers()
        .getFirst()
        .getResources()
        .setRequests(
            Map.of(
                "aws.amazon.com/neuroncore", new Quantity("1"),
                "ephemeral-storage", new Quantity("10Gi")));
    Capacity nodes = new Capacity(List.of(node));
    nodes.take(List.of(pod));

    assertThat(nodes.dependency().found())
        .isEqualTo(
            "free on the 1 emptiest of 1 nodes: one: 4 CPU, 0 GiB memory, 30 GiB disk, 0 GPUs, 1 aws.amazon.com/neuroncore");
  }

  /** As Kubernetes documents it: sidecars run beside the init containers after them. */
  @Test
  void initContainersCountWhereTheyAskForMore() {
    Pod pod = pod("one", "1", "1Gi", "Pending");
    pod.getSpec()
        .setInitContainers(
            List.of(
                container("500m", "3Gi", null),
                container("200m", "512Mi", "Always"),
                container("2", "256Mi", null)));
    pod.getSpec().setOverhead(Map.of("cpu", new Quantity("100m")));
    Capacity nodes = new Capacity(List.of(node("one", "4", "8Gi", false)));
    nodes.take(List.of(pod));

    assertThat(nodes.dependency().found()).contains("one: 1.7 CPU, 5 GiB memory");
  }

  private static Container container(String cpu, String memory, @Nullable String restartPolicy) {
    return new ContainerBuilder()
        .withRestartPolicy(restartPolicy)
        .withNewResources()
        .withRequests(Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory)))
        .endResources()
        .build();
  }

  @Test
  void closedNodesTakeNoPods() {
    Dependency capacity = new Capacity(List.of(node("one", "4", "8Gi", true))).dependency();

    assertThat(capacity.state()).isEqualTo(Dependency.State.PROBLEM);
  }

  private static Node node(String name, String cpu, String memory, boolean closed) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withUnschedulable(closed)
        .endSpec()
        .withNewStatus()
        .withAllocatable(Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory)))
        .endStatus()
        .build();
  }

  private static Pod pod(String node, String cpu, String memory, String phase) {
    return new PodBuilder()
        .withNewSpec()
        .withNodeName(node)
        .withContainers(container(cpu, memory, null))
        .endSpec()
        .withNewStatus()
        .withPhase(phase)
        .endStatus()
        .build();
  }
}
