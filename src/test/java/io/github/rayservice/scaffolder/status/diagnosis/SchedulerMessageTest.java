package io.github.rayservice.scaffolder.status.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages are those of kube-scheduler 1.25 to 1.37. */
class SchedulerMessageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0/4 nodes are available: 1 Insufficient cpu, 3 Insufficient nvidia.com/gpu. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod. | NotEnoughGpu",
        "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient nvidia.com/gpu. | NotEnoughCpu",
        "0/3 nodes are available: 2 Insufficient memory, 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod. | NotEnoughCpu",
        "0/9 nodes are available: 1 Insufficient memory, 8 Insufficient ephemeral-storage. | NotEnoughDisk",
        "0/2 nodes are available: 2 Insufficient nvidia.com/mig-1g.5gb. | NotEnoughGpu",
        "0/3 nodes are available: 1 Insufficient hugepages-2Mi, 2 Insufficient aws.amazon.com/neuroncore. | NotEnoughGpu",
        "0/3 nodes are available: 3 Insufficient hugepages-2Mi. | NodesFull",
        "0/12 nodes are available: 10 node(s) had untolerated taint {dedicated: db}, 2 Insufficient cpu. | UntoleratedTaint",
        "0/2 nodes are available: 2 node(s) had untolerated taint(s). | UntoleratedTaint",
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had taint {dedicated: db}, that the pod didn't tolerate. | UntoleratedTaint",
        "0/4 nodes are available: 1 Insufficient nvidia.com/gpu, 3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. | NotEnoughGpu",
        "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }. | UntoleratedTaint",
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling. | VolumeNotBound",
        "0/3 nodes are available: persistentvolumeclaim \"models\" not found. | VolumeNotBound",
        "0/3 nodes are available: 2 node(s) had volume node affinity conflict, 1 Insufficient cpu. | VolumeNotBound",
        "0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity. | VolumeNotBound",
        "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind. | VolumeNotBound",
        "0/3 nodes are available: 3 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s). | VolumeNotBound",
        "0/3 nodes are available: 3 node(s) exceed max volume count. | VolumeNotBound",
        "0/3 nodes are available: 3 node(s) had no available disk. | VolumeNotBound",
        "0/3 nodes are available: 3 node(s) did not have enough free storage. | VolumeNotBound",
        "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints. | Unschedulable",
        "0/3 nodes are available: 3 cannot allocate all claims. | Unschedulable",
        "no nodes available to schedule pods | Unschedulable",
        "running PreFilter plugin \"VolumeBinding\": error getting PVC \"a/b\": not found | VolumeNotBound",
      })
  void theReasonOfMostNodesIsTheProblem(String message, String problem) {
    assertThat(SchedulerMessage.of(message).problem().code()).isEqualTo(problem);
  }

  @Test
  void allReasonsAreTold() {
    SchedulerMessage message =
        SchedulerMessage.of(
            "0/12 nodes are available: 1 node(s) were unschedulable, 10 Insufficient cpu, 8 Insufficient memory, 2 node(s) had taint {a: b}, that the pod didn't tolerate. preemption: 0/12 nodes are available: 12 Preemption is not helpful for scheduling.");

    assertThat(message.describe())
        .isEqualTo(
            "Insufficient cpu on 10 of 12 nodes, Insufficient memory on 8, node(s) had taint {a: b}, that the pod didn't tolerate on 2, node(s) were unschedulable on 1");
    assertThat(message.nextSteps())
        .containsExactly(
            Problem.NOT_ENOUGH_CPU.nextStep(),
            Problem.UNTOLERATED_TAINT.nextStep(),
            Problem.NODES_CORDONED.nextStep());
  }

  /** Nobody takes the taint off the control plane for a model. */
  @Test
  void theControlPlaneIsNoWayOut() {
    assertThat(
            SchedulerMessage.of(
                    "0/4 nodes are available: 1 Insufficient memory, 3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.")
                .nextSteps())
        .containsExactly(Problem.NOT_ENOUGH_MEMORY.nextStep());
    assertThat(
            SchedulerMessage.of(
                    "0/1 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.")
                .nextSteps())
        .containsExactly(Problem.UNTOLERATED_TAINT.nextStep());
  }
}
