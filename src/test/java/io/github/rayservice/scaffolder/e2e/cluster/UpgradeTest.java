package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Today's files over those of 1.0.0, the first version whose kind is kept. {@link
 * PlatformFiles#apply} does that with all files, before there is a Ray Service; here one runs
 * meanwhile, of a kind of its own because the other tests have theirs already.
 */
@ClusterTest
@Order(3)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeTest {
  private static final String FIRST = "upgrade/1.0.0/rayservice.yaml";
  private static final String KIND = "UpgradedRayService";
  private static final String TEAM = "team-upgrade";
  private static final String TARGET = "upgrade-target";
  private static final String HOST = "upgrade.models.lab";

  private Cluster cluster;
  private IngressNginx nginx;

  @BeforeAll
  void start(Cluster given, Lab lab) {
    cluster = given;
    nginx = new IngressNginx(cluster, lab);
    lab.serveModel("upgrade.zip", "model");
  }

  @Test
  void aRunningRayServiceGoesOnAndCanBeChangedAndDeleted() {
    define(PlatformFiles.FIRST, "first");
    cluster.createNamespace(TEAM);
    cluster
        .client()
        .resource(
            Cluster.parse(
                """
                apiVersion: kro.run/v1alpha1
                kind: %s
                metadata: {name: old, namespace: %s}
                spec:
                  name: old
                  namespace: %s
                  rayServeFile: https://models.lab/upgrade.zip
                  replicas: 0
                  ingress: {host: %s, ownHost: true}
                  gitlab: {hostname: gitlab.example.com, username: ml-team}
                """
                    .formatted(KIND, TEAM, TARGET, HOST)))
        .create();
    awaitDefinedBy("first");
    assertThat(answer()).isEqualTo(2);
    Set<String> pods = cluster.pods(TARGET);
    String namespace = cluster.client().namespaces().withName(TARGET).get().getMetadata().getUid();

    long generation = generation();

    define(PlatformFiles.FILES, "today");
    awaitDefinedBy("today");

    assertThat(answer()).isEqualTo(2);
    assertThat(cluster.pods(TARGET)).isEqualTo(pods);
    assertThat(generation()).isEqualTo(generation);
    assertThat(cluster.client().namespaces().withName(TARGET).get().getMetadata().getUid())
        .isEqualTo(namespace);

    edit("createdBy", "bob");
    edit("replicas", 1);
    cluster.await(
        "the change has arrived at KubeRay",
        () -> cluster.readKubeRay(TARGET, "old", "spec", "rayClusterConfig", "workerGroupSpecs"),
        groups -> groups.contains("replicas=1"));
    assertThat(cluster.pods(TARGET)).containsAll(pods);

    cluster.kubectl("delete", KIND.toLowerCase(Locale.ROOT) + "s.kro.run", "old", "-n", TEAM);
    cluster.await(
        "nothing is left",
        () -> cluster.client().namespaces().withName(TARGET).get() == null,
        gone -> gone);
  }

  /** With a status that says whose definition kro has worked by. */
  private void define(Path files, String version) {
    PlatformFiles.define(
        cluster,
        files,
        KIND,
        Map.of(),
        definition -> {
          Map<String, Object> status = definition.get("spec", "schema", "status");
          status.put("definition", "${rayService.metadata.name + \" by " + version + "\"}");
        });
  }

  private void awaitDefinedBy(String version) {
    cluster.await(
        "kro has worked by the definition " + version,
        () -> cluster.kubectl("get", KIND + "s.kro.run", "old", "-n", TEAM, "-o", "json"),
        json ->
            json.contains("\"definition\": \"old by " + version + "\"")
                && json.contains("\"state\": \"ACTIVE\"")
                && json.contains("\"rayClusterReady\": true"));
  }

  private void edit(String field, Object value) {
    GenericKubernetesResource unused =
        cluster
            .client()
            .genericKubernetesResources("kro.run/v1alpha1", KIND)
            .inNamespace(TEAM)
            .withName("old")
            .edit(instance -> {
              instance.<Map<String, Object>>get("spec").put(field, value);
              return instance;
            });
  }

  /** Another one than before means that its spec has changed. */
  private long generation() {
    return cluster.kubeRay(TARGET, "old").get().getMetadata().getGeneration();
  }

  private int answer() {
    nginx.sync();
    return IngressNginx.ask(HOST, "old", "one two").jsonPath().getInt("words");
  }

  /** Argo CD applies again what Git has of the first version; the file has every field of it. */
  @Test
  void aFileOfTheFirstVersionIsTakenAsItIs() {
    GenericKubernetesResource old = Cluster.document(FIRST);
    cluster.createNamespace(old.getMetadata().getNamespace());

    assertThatCode(() -> cluster.client().resource(old).dryRun().create())
        .doesNotThrowAnyException();
  }
}
