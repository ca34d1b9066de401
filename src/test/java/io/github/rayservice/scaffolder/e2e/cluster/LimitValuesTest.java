package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A form with values at the limits. */
@ClusterTest
@Order(5)
class LimitValuesTest {
  /** 47 characters for KubeRay, 63 for a namespace, 58 for both parts of the identity together. */
  @Test
  void theLongestNamesGpuAndIngressOptionsWork(Cluster cluster, Lab lab) {
    lab.serveModel("mlops-on-kubernetes/Book/raw/main/Chapter 6/serve-config.zip", "model");
    String name = "n".repeat(47);
    String target = "t".repeat(63);
    String team = "m".repeat(29);
    String identity = "i".repeat(29);
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %s, namespace: %s}
            spec:
              name: %s
              namespace: %s
              replicas: 1
              resources: {worker: {gpu: 1}}
              ingress: {host: models.example.com, className: internal}
              gitlab: {hostname: gitlab.example.com, username: ml-team}
            """
                .formatted(identity, team, name, target)));

    cluster.awaitActive(team, identity);

    Ingress ingress =
        cluster
            .client()
            .network()
            .v1()
            .ingresses()
            .inNamespace(target)
            .list()
            .getItems()
            .getFirst();
    assertThat(ingress.getSpec().getIngressClassName()).isEqualTo("internal");
    Pod worker =
        cluster
            .client()
            .pods()
            .inNamespace(target)
            .withLabel("ray.io/node-type", "worker")
            .list()
            .getItems()
            .getFirst();
    assertThat(worker.getSpec().getContainers().getFirst().getResources().getLimits())
        .containsKey("nvidia.com/gpu");
    new IngressNginx(cluster, lab).sync();
    assertThat(IngressNginx.ask("models.example.com", name, "one").jsonPath().getInt("words"))
        .isEqualTo(1);
    cluster.rayService(team, identity).delete();
  }
}
