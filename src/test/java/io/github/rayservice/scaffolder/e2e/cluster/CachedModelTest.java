package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** What a model downloads is there at the next start, until the Ray Service has no cache. */
@ClusterTest
@Order(6)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CachedModelTest {
  private static final String TEAM = "team-cache";
  private static final String NAME = "cached";
  private static final String TARGET = "cache-cached";
  private static final String HOST = "cache.example.com";
  private static final String VOLUME = "cache-of-the-tests";
  private static final String NEXT_VOLUME = "next-cache-of-the-tests";

  private Cluster cluster;
  private IngressNginx nginx;

  @BeforeAll
  void start(Cluster given, Lab lab) throws IOException {
    cluster = given;
    nginx = new IngressNginx(cluster, lab);
    lab.serveModel("cached.zip", "cache-model");
    provide(lab, VOLUME, "of-the-tests");
    provide(lab, NEXT_VOLUME, "next-of-the-tests");
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: %3$s
              rayServeFile: https://models.lab/cached.zip
              modelCache: {size: 1Gi, storageClassName: of-the-tests}
              replicas: 1
              gitlab: {hostname: %4$s, username: ml-team}
            """
                .formatted(NAME, TEAM, TARGET, HOST)));
  }

  /** A volume of the node, as an administrator makes it by hand. */
  private void provide(Lab lab, String name, String storageClass) throws IOException {
    Path directory = lab.repositories().resolveSibling("volumes").resolve(name);
    Files.createDirectories(directory);
    cluster
        .client()
        .resource(
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: %s}
            spec:
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteMany]
              storageClassName: %s
              persistentVolumeReclaimPolicy: Retain
              local: {path: %s}
              nodeAffinity:
                required:
                  nodeSelectorTerms:
                    - matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]
            """
                .formatted(name, storageClass, directory))
        .serverSideApply();
  }

  @AfterAll
  void stop() {
    cluster.rayService(TEAM, NAME).delete();
    cluster.client().persistentVolumes().withName(VOLUME).delete();
    cluster.client().persistentVolumes().withName(NEXT_VOLUME).delete();
  }

  private void patch(String spec) {
    cluster.kubectl(
        "patch",
        "rayservices.kro.run",
        NAME,
        "--namespace=" + TEAM,
        "--type=merge",
        "-p",
        "{\"spec\":" + spec + "}");
  }

  private static String source() {
    Response answer = IngressNginx.get(HOST, "/ray-serve/" + NAME + "/");
    return answer.statusCode() == 200 ? answer.jsonPath().getString("source") : "";
  }

  private List<PersistentVolumeClaim> claims() {
    return cluster.client().persistentVolumeClaims().inNamespace(TARGET).list().getItems();
  }

  @Test
  @Order(1)
  void theFirstStartDownloads() {
    cluster.awaitActive(TEAM, NAME);
    nginx.sync();

    cluster.await(
        "the model has downloaded its weights", CachedModelTest::source, "download"::equals);
    assertThat(IngressNginx.get(HOST, "/ray-serve/" + NAME + "/").jsonPath().getString("home"))
        .isEqualTo("/mnt/models/huggingface");
    assertThat(cluster.client().pods().inNamespace(TARGET).list().getItems())
        .hasSize(2)
        .allSatisfy(CachedModelTest::hasTheCache);
    assertThat(claims())
        .singleElement()
        .satisfies(claim -> {
          assertThat(claim.getStatus().getPhase()).isEqualTo("Bound");
          assertThat(claim.getSpec().getAccessModes()).containsExactly("ReadWriteMany");
        });
  }

  private static void hasTheCache(Pod pod) {
    assertThat(pod.getSpec().getContainers().getFirst().getVolumeMounts())
        .anySatisfy(mount -> {
          assertThat(mount.getName()).isEqualTo("model-cache");
          assertThat(mount.getMountPath()).isEqualTo("/mnt/models");
        });
  }

  /** Another Ray cluster, with other pods. */
  @Test
  @Order(2)
  void theSecondStartLoadsFromTheCache() {
    Map<String, Long> before = cluster.workers(TARGET);

    patch("{\"restartedAt\":\"2026-11-30T09:00:00Z\"}");

    cluster.await("the model has loaded its weights", CachedModelTest::source, "cache"::equals);
    assertThat(cluster.workers(TARGET).keySet()).isNotEqualTo(before.keySet());
  }

  /** The quota is the platform's, so it does not shrink with the form below what runs. */
  @Test
  @Order(3)
  void aSmallerOneTakesOverUnderTheQuota() {
    Set<String> before = cluster.workers(TARGET).keySet();
    Map<String, Quantity> quota = quota();

    patch("{\"resources\":{\"worker\":{\"cpu\":\"400m\",\"memory\":\"768Mi\"}}}");

    cluster.await(
        "the smaller one has taken over",
        () -> cluster.workers(TARGET).keySet(),
        now -> now.size() == 1 && !now.equals(before));
    assertThat(quota()).isEqualTo(quota);
    assertThat(
            cluster.worker(TARGET).getSpec().getContainers().getFirst().getResources().getLimits())
        .containsEntry("memory", new Quantity("768Mi"));
    cluster.await("the model answers", CachedModelTest::source, "cache"::equals);
  }

  private Map<String, Quantity> quota() {
    return cluster
        .client()
        .resourceQuotas()
        .inNamespace(TARGET)
        .withName(NAME)
        .get()
        .getSpec()
        .getHard();
  }

  /** Kubernetes keeps a volume until the last pod that has it is gone. */
  @Test
  @Order(4)
  void withoutTheCacheTheClaimGoes() {
    patch("{\"modelCache\":null}");

    cluster.await("the claim is gone", this::claims, List::isEmpty);
    cluster.await("the volume is released", () -> phase(VOLUME), "Released"::equals);
  }

  private String phase(String volume) {
    return cluster.client().persistentVolumes().withName(volume).get().getStatus().getPhase();
  }

  /** Pods have it until they are gone, and kro deletes it after them. */
  @Test
  @Order(5)
  void itIsDeletedTogetherWithTheRayService() {
    patch("{\"modelCache\":{\"size\":\"1Gi\",\"storageClassName\":\"next-of-the-tests\"}}");
    cluster.await("the next claim is bound", () -> phase(NEXT_VOLUME), "Bound"::equals);
    cluster.await(
        "a pod has it",
        () -> cluster.client().pods().inNamespace(TARGET).list().getItems(),
        pods ->
            pods.stream()
                .anyMatch(pod ->
                    "Running".equals(pod.getStatus().getPhase())
                        && pod.getSpec().getVolumes().stream()
                            .anyMatch(volume -> volume.getName().equals("model-cache"))));

    cluster.delete(TEAM, NAME);

    cluster.await("the volume is released", () -> phase(NEXT_VOLUME), "Released"::equals);
  }
}
