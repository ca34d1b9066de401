package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets of the team's namespace: the one that is missing is named, the others reach the pods, and
 * no value is told anywhere. The zip needs a password.
 */
@ClusterTest
@Order(5)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecretsTest {
  private static final String TEAM = "team-secrets";
  private static final String NAME = "told";
  private static final String ID = TEAM + "/" + NAME;
  private static final String TARGET = "secrets-told";
  private static final String HOST = "secrets.example.com";
  private static final String CANARY = "canary-of-the-token";
  private static final String ROTATED = "canary-of-the-next-token";
  private static final String REGISTRY =
      "{\"auths\":{\"registry.example.com\":{\"username\":\"deploy\",\"password\":\"canary-of-the-registry\"}}}";

  private Cluster cluster;
  private Lab lab;
  private IngressNginx nginx;
  private FakeGitlab gitlab;
  private WatchingService service;

  @BeforeAll
  void start(Cluster given, Lab ofTheTests, @TempDir Path directory) throws IOException {
    cluster = given;
    lab = ofTheTests;
    nginx = new IngressNginx(cluster, lab);
    lab.serveModel("protected/told.zip", "secret-model");
    lab.serveWheel("protected", "helloapp", "1.0.0");
    WatchingService.install(cluster);
    gitlab = FakeGitlab.start(directory.resolve("gitlab"));
    service =
        WatchingService.start(
            cluster,
            lab,
            gitlab,
            directory.resolve("service"),
            Map.of("scaffolder.status.patience", "5s"));
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: %3$s
              rayServeFile: https://models.lab/protected/told.zip
              runtimeEnv:
                pip: ['helloapp @ https://models.lab/protected/helloapp-1.0.0-py3-none-any.whl']
              secrets:
                - {name: token, use: environment}
                - {name: passwords, use: netrc}
                - {name: registry, use: imagePull}
                - {name: nothing, use: environment}
              replicas: 1
              gitlab: {hostname: %4$s, username: ml-team}
            """
                .formatted(NAME, TEAM, TARGET, HOST)));
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
    if (gitlab != null) {
      gitlab.close();
    }
    cluster.rayService(TEAM, NAME).delete();
  }

  private void apply(
      String name, String type, Map<String, String> labels, String key, String value) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(TEAM)
            .withLabels(labels)
            .endMetadata()
            .withType(type)
            .addToStringData(key, value)
            .build();
    cluster.client().resource(secret).serverSideApply();
  }

  private static Map<String, String> released() {
    return Map.of("rayservice-scaffolder/use", "true");
  }

  private void awaitMissing(String names) {
    cluster.await(
        "kro misses the Secrets " + names,
        () -> cluster.read(TEAM, NAME, "status", "missingSecrets"),
        names::equals);
  }

  @Test
  @Order(1)
  void aMissingSecretIsNamed() {
    awaitMissing("token,passwords,registry,nothing");

    JsonNode finding = service.awaitProblem(ID, "SecretMissing");

    assertThat(finding.path("message").asText()).contains("the Secret team-secrets/token");
    assertThat(finding.path("nextStep").asText())
        .contains("kubectl -n team-secrets label secret token rayservice-scaffolder/use=true");
  }

  /** The kubelet looks again and again for copies that cannot be there. */
  @Test
  @Order(2)
  void nothingIsSaidOfThePodsThatWaitForIt() {
    cluster.await(
        "the kubelet has missed the netrc four times",
        () ->
            cluster.client().v1().events().inNamespace(TARGET).list().getItems().stream()
                .filter(event -> event.getReason().equals("FailedMount"))
                .filter(event -> event.getMessage().contains("secret \"passwords\" not found"))
                .mapToInt(event -> Objects.requireNonNullElse(event.getCount(), 1))
                .sum(),
        times -> times >= 4);

    assertThat(service.status(ID).path("diagnosis").findValuesAsText("problem"))
        .contains("SecretMissing")
        .doesNotContain("VolumeNotMounted", "ContainerSetup");
  }

  @Test
  @Order(3)
  void aSecretWithoutTheLabelIsNotUsed() {
    apply("token", "Opaque", Map.of(), "MODEL_TOKEN", CANARY);
    apply(
        "passwords",
        "Opaque",
        released(),
        ".netrc",
        "machine models.lab login deploy password " + Lab.PASSWORD + "\n");

    awaitMissing("token,registry,nothing");

    assertThat(cluster.client().secrets().inNamespace(TARGET).withName("token").get()).isNull();
  }

  @Test
  @Order(4)
  void thePodsGetThemAndTheModelAnswers() {
    apply("token", "Opaque", released(), "MODEL_TOKEN", CANARY);
    apply("registry", "kubernetes.io/dockerconfigjson", released(), ".dockerconfigjson", REGISTRY);
    // kro reads no data where a Secret has none.
    cluster.kubectl("create", "secret", "generic", "nothing", "--namespace=" + TEAM);
    cluster.kubectl(
        "label", "secret", "nothing", "--namespace=" + TEAM, "rayservice-scaffolder/use=true");

    awaitMissing("");
    cluster.awaitActive(TEAM, NAME);
    nginx.sync();

    awaitAnswer(CANARY);
    assertThat(cluster.client().pods().inNamespace(TARGET).list().getItems())
        .allSatisfy(pod ->
            assertThat(pod.getSpec().getImagePullSecrets())
                .extracting(LocalObjectReference::getName)
                .containsExactly("registry"));
    service.await(ID, "Running");
    assertThat(service.status(ID).path("diagnosis").findValuesAsText("problem"))
        .doesNotContain("SecretMissing");
  }

  private void awaitAnswer(String token) {
    cluster.await(
        "the model has the token",
        () -> {
          Response answer = IngressNginx.get(HOST, "/ray-serve/" + NAME + "/");
          return answer.statusCode() == 200 ? answer.body().asString() : "";
        },
        sha256(token)::equals);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A variable is what it was when the pod started. A restart brings the new value. */
  @Test
  @Order(6)
  void aRotatedSecretArrivesWithARestart() {
    Set<String> before = cluster.workers(TARGET).keySet();
    apply("token", "Opaque", released(), "MODEL_TOKEN", ROTATED);
    cluster.await(
        "the copy is rotated",
        () ->
            cluster
                .client()
                .secrets()
                .inNamespace(TARGET)
                .withName("token")
                .get()
                .getData()
                .get("MODEL_TOKEN"),
        Base64.getEncoder().encodeToString(ROTATED.getBytes(UTF_8))::equals);
    assertThat(cluster.workers(TARGET).keySet()).isEqualTo(before);
    awaitAnswer(CANARY);

    cluster.kubectl(
        "patch",
        "rayservices.kro.run",
        NAME,
        "--namespace=" + TEAM,
        "--type=merge",
        "-p",
        "{\"spec\":{\"restartedAt\":\"2026-11-29T09:00:00Z\"}}");

    awaitAnswer(ROTATED);
  }

  /** It is the ServiceAccount's, whose change alone reaches no pod that runs. */
  @Test
  @Order(7)
  void anotherImagePullSecretReachesThePods() {
    apply("mirror", "kubernetes.io/dockerconfigjson", released(), ".dockerconfigjson", REGISTRY);

    cluster.kubectl(
        "patch",
        "rayservices.kro.run",
        NAME,
        "--namespace=" + TEAM,
        "--type=json",
        "-p",
        "[{\"op\":\"add\",\"path\":\"/spec/secrets/-\",\"value\":{\"name\":\"mirror\",\"use\":\"imagePull\"}}]");

    cluster.await(
        "a new head and a new worker have both",
        () ->
            cluster.client().pods().inNamespace(TARGET).list().getItems().stream()
                .filter(pod ->
                    pod.getSpec().getImagePullSecrets().stream()
                        .map(LocalObjectReference::getName)
                        .toList()
                        .equals(List.of("registry", "mirror")))
                .map(pod -> pod.getMetadata().getLabels().get("ray.io/node-type"))
                .collect(Collectors.toSet()),
        Set.of("head", "worker")::equals);
  }

  @Test
  @Order(8)
  void noValueIsToldAnywhere() {
    String objects =
        cluster.kubectl(
            "get",
            "rayservices.kro.run,rayservices.ray.io,rayclusters.ray.io,pods,configmaps,serviceaccounts,events,applications.argoproj.io",
            "--all-namespaces",
            "-o",
            "yaml");
    String told =
        service.process().log()
            + lab.logs()
            + service.process().send("GET", "/api/v1/ray-services", "").join().body()
            + service.status(ID)
            + service.process().send("GET", "/q/metrics", "").join().body();

    for (String value : Set.of(CANARY, ROTATED, Lab.PASSWORD, REGISTRY, "canary-of-the-registry")) {
      assertThat(told).doesNotContain(value);
      assertThat(objects)
          .doesNotContain(value)
          .doesNotContain(Base64.getEncoder().encodeToString(value.getBytes(UTF_8)));
    }
  }
}
