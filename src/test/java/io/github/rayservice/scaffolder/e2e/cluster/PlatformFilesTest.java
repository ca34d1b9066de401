package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The platform's files, applied at once by {@link PlatformFiles}. */
@ClusterTest
@Order(4)
class PlatformFilesTest {
  @Test
  void kroServesTheKind(Cluster cluster) {
    String columns = cluster.kubectl("get", "rayservices.kro.run", "-A");

    assertThat(columns).isNotNull();
    assertThat(
            cluster.kubectl("get", "rgd", "rayservice.kro.run", "-o", "jsonpath={.status.state}"))
        .isEqualTo("Active");
  }

  @Test
  void argoCdKeepsItsOtherConfiguration(Cluster cluster) {
    String config = cluster.kubectl("-n", "argocd", "get", "cm", "argocd-cm", "-o", "yaml");

    assertThat(config)
        .contains(
            "resource.customizations.health.kro.run_RayService",
            "resource.customizations.health.ray.io_RayService",
            "resource.links",
            "application.links");
  }

  @Test
  void theValuesOfThePlatformAreInAllManifests(Cluster cluster) {
    String set =
        cluster.kubectl("-n", "argocd", "get", "applicationset", "rayservices", "-o", "json");
    String project =
        cluster.kubectl("-n", "argocd", "get", "appproject", "rayservices", "-o", "json");
    String hooks =
        cluster.kubectl("-n", "argocd", "get", "cm", "argocd-notifications-cm", "-o", "json");

    assertThat(set)
        .contains(PlatformFiles.REPOSITORY, PlatformFiles.BACKSTAGE)
        .doesNotContain("set by");
    assertThat(project).contains(PlatformFiles.REPOSITORY).doesNotContain("set by");
    assertThat(hooks).contains(":" + PlatformFiles.SERVICE_PORT).doesNotContain("set-by");
  }

  @Test
  void existingNamespacesAreNotTakenOver(Cluster cluster) {
    assertThatThrownBy(() -> cluster.create(named("team-ml", "thief", "kube-system")))
        .hasMessageContaining("kube-system exists already")
        .hasMessageContaining("Choose a namespace that does not exist yet");
    assertThatThrownBy(() -> cluster.create(named("team-ml", "self", "team-ml")))
        .hasMessageContaining("team-ml");
  }

  @Test
  void theApiServerChecksTheSameLimits(Cluster cluster) {
    GenericKubernetesResource negative = named("team-ml", "negative", "negative");
    negative.setAdditionalProperty("spec", withReplicas(negative, -1));

    assertThatThrownBy(() -> cluster.create(negative)).hasMessageContaining("spec.replicas");
  }

  private static GenericKubernetesResource named(String team, String name, String target) {
    return Cluster.parse(
        """
        apiVersion: kro.run/v1alpha1
        kind: RayService
        metadata: {name: %s, namespace: %s}
        spec:
          name: %s
          namespace: %s
          gitlab: {hostname: gitlab.example.com, username: ml-team}
        """
            .formatted(name, team, name, target));
  }

  private static Map<String, Object> withReplicas(
      GenericKubernetesResource rayService, int replicas) {
    Map<String, Object> spec = new HashMap<>(rayService.get("spec"));
    spec.put("replicas", replicas);
    return spec;
  }
}
