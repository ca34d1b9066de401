package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Ray's autoscaler, in a namespace with Pod Security's {@code restricted} level: under load Serve
 * wants another replica, for which there is no room, so a worker comes; without load it goes.
 */
@ClusterTest
@Order(5)
class AutoscalingTest {
  private static final String TEAM = "team-scale";
  private static final String NAME = "busy";
  private static final String TARGET = "scale-busy";
  private static final String HOST = "scale.example.com";
  private static final int REQUESTS_AT_A_TIME = 6;

  @Test
  void workersComeWithTheLoadAndGoAgain(Cluster cluster, Lab lab) throws InterruptedException {
    lab.serveModel("busy.zip", "busy-model");
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: %3$s
              rayServeFile: https://models.lab/busy.zip
              replicas: 1
              autoscaling: {minReplicas: 1, maxReplicas: 2, idleTimeoutSeconds: 5}
              deployments:
                - name: Busy
                  autoscalingConfig:
                    minReplicas: 1
                    maxReplicas: 2
                    targetOngoingRequests: 1
                    upscaleDelayS: 1
                    downscaleDelayS: 5
                  rayActorOptions: {numCpus: 1}
              gitlab: {hostname: %4$s, username: ml-team}
            """
                .formatted(NAME, TEAM, TARGET, HOST)));
    cluster.awaitActive(TEAM, NAME);
    assertThat(workers(cluster)).isEqualTo(1);
    assertThat(cluster.client().pods().inNamespace(TARGET).list().getItems())
        .flatExtracting(pod -> pod.getSpec().getContainers())
        .filteredOn(container ->
            container.getVolumeMounts().stream()
                .anyMatch(
                    mount -> mount.getMountPath().startsWith("/var/run/secrets/kubernetes.io")))
        .extracting(Container::getName)
        .containsExactly("autoscaler");
    new IngressNginx(cluster, lab).sync();
    assertThat(IngressNginx.ask(HOST, NAME, "").body().asString()).isEqualTo("done");

    AtomicBoolean load = new AtomicBoolean(true);
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < REQUESTS_AT_A_TIME; i++) {
      readers.add(
          Thread.startVirtualThread(() -> {
            while (load.get()) {
              IngressNginx.get(HOST, "/ray-serve/" + NAME + "/");
            }
          }));
    }
    try {
      cluster.await("a worker comes with the load", () -> workers(cluster), count -> count == 2);
    } finally {
      load.set(false);
      for (Thread reader : readers) {
        reader.join();
      }
    }
    cluster.await("it goes without the load", () -> workers(cluster), count -> count == 1);
    assertThat(cluster.read(TEAM, NAME, "status", "state")).isEqualTo("ACTIVE");

    // KubeRay never brings bounds to a running Ray cluster, so the definition asks for a new one.
    Set<String> before = cluster.workers(TARGET).keySet();
    cluster.kubectl(
        "patch",
        "rayservices.kro.run",
        NAME,
        "--namespace=" + TEAM,
        "--type=merge",
        "-p",
        "{\"spec\":{\"autoscaling\":{\"minReplicas\":2,\"maxReplicas\":3}}}");
    cluster.await(
        "the new bound holds in the Ray cluster",
        () -> cluster.workers(TARGET),
        clusters -> clusters.size() == 1 && clusters.containsValue(2L));
    assertThat(cluster.workers(TARGET).keySet()).isNotEqualTo(before);
    cluster.awaitActive(TEAM, NAME);
    cluster.delete(TEAM, NAME);
  }

  /** Of the only Ray cluster: another bound would have made a second one. */
  private static long workers(Cluster cluster) {
    assertThat(cluster.workers(TARGET)).hasSizeLessThanOrEqualTo(1);
    return cluster.workers(TARGET).values().stream().mapToLong(Long::longValue).sum();
  }
}
