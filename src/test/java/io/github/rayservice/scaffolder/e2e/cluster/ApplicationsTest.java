package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Toleration;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The form's words for applications arrive at Ray: as the text that kro makes of every field, and
 * in an application that runs without a zip.
 */
@ClusterTest
@Order(4)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApplicationsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEAM = "team-applications";
  private static final String NAME = "hello";
  private static final String TARGET = "applications-hello";
  private static final String HOST = "applications.example.com";

  /** Its pods need not start. */
  private static final String EVERY_FIELD = "every-field";

  private Cluster cluster;
  private IngressNginx nginx;

  @BeforeAll
  void start(Cluster given, Lab lab) {
    cluster = given;
    nginx = new IngressNginx(cluster, lab);
    lab.serveExample();
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: %3$s
              rayServeFile: ""
              importPath: helloapp:build
              routePrefix: /hello
              args: {word: "good ${schema.spec.name}"}
              runtimeEnv:
                pip: [helloapp==1.0.0]
                envVars:
                  - {name: GREETED, value: "the \\"world\\""}
              deployments:
                - name: Hello
                  numReplicas: 1
                  maxOngoingRequests: 3
                  maxQueuedRequests: 7
                  rayActorOptions: {numCpus: 0.1}
              cloudIdentity: models@team-ml.iam.gserviceaccount.com
              replicas: 1
              resources:
                worker:
                  profile: npu
                  hardware:
                    resource: example.com/npu
                    count: 1
                    nodeSelector: {kubernetes.io/os: linux}
                    tolerations:
                      - {key: example.com/npu, operator: Exists, effect: NoSchedule}
              gitlab: {hostname: %4$s, username: ml-team}
            """
                .formatted(NAME, TEAM, TARGET, HOST)));
    GenericKubernetesResource everyField = Cluster.document("golden/every-field/request.yaml");
    everyField.setApiVersion("kro.run/v1alpha1");
    everyField.setKind("RayService");
    everyField.getMetadata().setNamespace(TEAM);
    everyField.getMetadata().setName(EVERY_FIELD);
    Map<String, Object> spec = new HashMap<>(everyField.<Map<String, Object>>get("spec"));
    spec.put("ray", Map.of("image", "registry.local/pause:1"));
    spec.put("replicas", 0);
    spec.put("autoscaling", Map.of("minReplicas", 0, "maxReplicas", 1));
    everyField.setAdditionalProperty("spec", spec);
    cluster.create(everyField);
    createOnHardware();
  }

  private void createOnHardware() {
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: hardware, namespace: %s}
            spec:
              name: hardware
              namespace: applications-hardware
              rayServeFile: ""
              cloudIdentity: 0A1b2c3d-0000-4000-8000-0123456789ab
              resources:
                head:
                  profile: pause
                  hardware:
                    image: registry.local/pause:1
                    nodeSelector: {kubernetes.io/os: linux}
                    tolerations: [{operator: Exists}]
                worker:
                  profile: gpu
                  hardware: {imageSuffix: -gpu, runtimeClassName: nvidia}
              gitlab: {hostname: %s, username: ml-team}
            """
                .formatted(TEAM, HOST)));
  }

  @AfterAll
  void stop() {
    cluster.rayService(TEAM, NAME).delete();
    cluster.rayService(TEAM, EVERY_FIELD).delete();
    cluster.rayService(TEAM, "hardware").delete();
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  /** The quota would refuse a pod whose containers say nothing. */
  @Test
  @Order(2)
  void aContainerWithoutRequestsGetsThem() {
    cluster
        .client()
        .limitRanges()
        .inNamespace(TARGET)
        .withName(NAME)
        .waitUntilCondition(Objects::nonNull, 8, TimeUnit.MINUTES);
    Pod made = cluster.client().resource(pod(null)).dryRun().create();

    // The lab makes what pods ask for smaller, so the values tell nothing here.
    assertThat(made.getMetadata().getAnnotations().get("kubernetes.io/limit-ranger"))
        .contains("cpu, memory request for container sidecar");
  }

  /** Twice the platform's ceiling for one Ray Service, whatever the form asks for. */
  @Test
  @Order(2)
  void theQuotaIsThePlatformsCeilingTwice() {
    ResourceQuota quota =
        cluster
            .client()
            .resourceQuotas()
            .inNamespace(TARGET)
            .withName(NAME)
            .waitUntilCondition(Objects::nonNull, 8, TimeUnit.MINUTES);

    assertThat(quota.getSpec().getHard())
        .hasSize(7)
        .containsEntry("requests.cpu", new Quantity("128"))
        .containsEntry("requests.memory", new Quantity("16", "Ti"))
        .containsEntry("requests.nvidia.com/gpu", new Quantity("16"))
        .containsEntry("requests.aws.amazon.com/neuroncore", new Quantity("16"));
    // The lab divides it by 20.
    assertThatThrownBy(() -> cluster.client().resource(pod("2600")).dryRun().create())
        .hasMessageContaining("exceeded quota: " + NAME + ", requested: requests.cpu=130");
  }

  private static Pod pod(@Nullable String cpu) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("of-a-webhook")
            .withNamespace(TARGET)
            .endMetadata()
            .withNewSpec()
            .withNewSecurityContext()
            .withRunAsNonRoot(true)
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile()
            .endSecurityContext()
            .addNewContainer()
            .withName("sidecar")
            .withImage("registry.local/pause:1")
            .withNewSecurityContext()
            .withAllowPrivilegeEscalation(false)
            .withNewCapabilities()
            .withDrop("ALL")
            .endCapabilities()
            .endSecurityContext()
            .endContainer()
            .endSpec()
            .build();
    if (cpu != null) {
      pod.getSpec()
          .getContainers()
          .getFirst()
          .setResources(
              new ResourceRequirementsBuilder()
                  .addToRequests("cpu", new Quantity(cpu))
                  .addToRequests("memory", new Quantity("1Gi"))
                  .build());
    }
    return pod;
  }

  /** What the webhook or the metadata server of each cloud reads. */
  @ParameterizedTest
  @CsvSource({
    "ray-vision, vision, eks.amazonaws.com/role-arn, arn:aws:iam::123456789012:role/team-ml/vision",
    "applications-hello, hello, iam.gke.io/gcp-service-account, models@team-ml.iam.gserviceaccount.com",
    "applications-hardware, hardware, azure.workload.identity/client-id, 0A1b2c3d-0000-4000-8000-0123456789ab",
  })
  @Order(2)
  void theServiceAccountNamesTheRoleInTheCloud(
      String target, String name, String annotation, String role) {
    ServiceAccount account =
        cluster.await(
            "kro made the ServiceAccount " + name,
            () -> cluster.client().serviceAccounts().inNamespace(target).withName(name).get(),
            Objects::nonNull);

    assertThat(account.getMetadata().getAnnotations())
        .containsEntry(annotation, role)
        .hasSize(2)
        .containsKey("kubernetes.io/description");
    assertThat(account.getAutomountServiceAccountToken()).isFalse();
    String spec =
        cluster.await(
            "kro made the KubeRay RayService " + name,
            () -> cluster.readKubeRay(target, name, "spec"),
            text -> !text.isEmpty());
    assertThat(spec.split("rayservice-scaffolder/cloudIdentity=" + role, -1)).hasSize(3);
    assertThat(spec.contains("azure.workload.identity/use=true"))
        .isEqualTo(annotation.startsWith("azure"));
  }

  private String serveConfig(String target, String name) {
    return cluster.await(
        "kro made the KubeRay RayService of " + name,
        () -> cluster.readKubeRay(target, name, "spec", "serveConfigV2"),
        text -> !text.isEmpty());
  }

  @Test
  @Order(1)
  void everyFieldIsSaidInRaysWords() throws IOException {
    JsonNode expected =
        json(Files.readString(Path.of("src/test/resources/cluster/every-field-serve-config.json")));

    assertThat(json(serveConfig("ray-vision", "vision"))).isEqualTo(expected);
  }

  @Test
  @Order(2)
  void anApplicationOfAPackageGetsItsArgumentsAndVariables() {
    cluster.awaitActive(TEAM, NAME);
    nginx.sync();

    JsonPath answer = answer("/hello");
    assertThat(answer.getString("word")).isEqualTo("good ${schema.spec.name}");
    assertThat(answer.getString("to")).isEqualTo("the \"world\"");
    assertThat(get("/").statusCode()).isEqualTo(404);
    JsonPath config =
        IngressNginx.get(
                HOST,
                "/ray-dashboard/" + NAME + "/api/serve/applications/",
                cluster.rayToken(TARGET, NAME))
            .jsonPath()
            .setRootPath("applications.hello.deployments.Hello.deployment_config");
    assertThat(config.getInt("max_ongoing_requests")).isEqualTo(3);
    assertThat(config.getInt("max_queued_requests")).isEqualTo(7);
    assertThat(config.getFloat("ray_actor_options.num_cpus")).isEqualTo(0.1f);
  }

  /** What the service checks a Serve config with is what this Ray says. */
  @Test
  @Order(2)
  void theKeptSchemaIsRaysOwn() throws IOException {
    Path sources = Path.of("src/main/ray");
    String program =
        """
        import sys, types
        module = types.ModuleType("ray_schema")
        exec(sys.argv[1], module.__dict__)
        sys.modules["ray_schema"] = module
        exec(sys.argv[2])
        """;
    String head =
        cluster
            .client()
            .pods()
            .inNamespace(TARGET)
            .withLabel("ray.io/node-type", "head")
            .list()
            .getItems()
            .getFirst()
            .getMetadata()
            .getName();

    String exported =
        cluster.kubectl(
            "exec",
            "--namespace=" + TARGET,
            head,
            "--container=ray-head",
            "--",
            "python3",
            "-c",
            program,
            Files.readString(sources.resolve("ray_schema.py")),
            Files.readString(sources.resolve("serve_schema.py")));

    String version = FormFixture.request(TEAM, NAME).form().ray().version();
    Path kept = Path.of("src/main/resources/ray/serve-config-" + version + ".json");
    assertThat(json(exported.substring(exported.indexOf('{'))))
        .isEqualTo(json(Files.readString(kept)));
  }

  /** The platform's imageRegistry comes in front of Docker Hub's images. */
  @Test
  @Order(2)
  void theImageComesFromThePlatformsRegistry() {
    assertThat(cluster.client().pods().inNamespace(TARGET).list().getItems())
        .hasSize(2)
        .allSatisfy(pod ->
            assertThat(pod.getSpec().getContainers().getFirst().getImage())
                .startsWith(PlatformFiles.IMAGE_REGISTRY + "/rayproject/ray:"));
  }

  @Test
  @Order(3)
  void aWholeServeConfigTakesOverInPlace() {
    Set<String> before = cluster.workers(TARGET).keySet();

    cluster.kubectl(
        "patch",
        "rayservices.kro.run",
        NAME,
        "--namespace=" + TEAM,
        "--type=merge",
        "-p",
        "{\"spec\":{\"serveConfig\":{\"applications\":[%s,%s]}}}"
            .formatted(application("one"), application("two")));

    cluster.await("the first application answers", () -> word("/one"), "one"::equals);
    cluster.await("the second application answers", () -> word("/two"), "two"::equals);
    assertThat(cluster.workers(TARGET).keySet()).isEqualTo(before);
    cluster.await("the earlier one is gone", () -> get("/hello").statusCode(), code -> code == 404);
  }

  @Test
  @Order(2)
  void theWorkerHasWhatItsHardwareSays() {
    Pod worker = cluster.worker(TARGET);

    assertThat(worker.getSpec().getNodeSelector()).containsEntry("kubernetes.io/os", "linux");
    assertThat(worker.getSpec().getContainers().getFirst().getResources().getRequests())
        // The lab divides it by 100.
        .containsEntry("ephemeral-storage", new Quantity("102Mi"));
    assertThat(cluster.client().namespaces().withName(TARGET).get().getMetadata().getLabels())
        .containsEntry("rayservice-scaffolder/team", TEAM);
    assertThat(worker.getSpec().getTolerations())
        .extracting(Toleration::getKey)
        .contains("example.com/npu");
    assertThat(worker.getSpec().getContainers().getFirst().getResources().getLimits())
        .containsEntry("example.com/npu", new Quantity("1"));
    // KubeRay drops empty fields, and kro would add them again and again.
    assertThat(
            cluster.kubectl(
                "get",
                "rayservices.ray.io",
                NAME,
                "--namespace=" + TARGET,
                "-o",
                "jsonpath={.metadata.generation}"))
        .isEqualTo("1");
  }

  @Test
  @Order(2)
  void headAndWorkersHaveTheirOwnHardware() {
    String spec =
        cluster.await(
            "kro made the KubeRay RayService",
            () -> cluster.readKubeRay("applications-hardware", "hardware", "spec"),
            text -> !text.isEmpty());
    assertThat(spec)
        .contains("image=registry.local/pause:1", "runtimeClassName=nvidia")
        .containsPattern("image=[^ ,]*/rayproject/ray:[0-9.]+-gpu");

    Pod head =
        cluster
            .await(
                "the head has a node",
                () ->
                    cluster.client().pods().inNamespace("applications-hardware").list().getItems(),
                pods -> pods.stream().anyMatch(pod -> pod.getSpec().getNodeName() != null))
            .getFirst();

    assertThat(head.getSpec().getNodeSelector()).containsEntry("kubernetes.io/os", "linux");
    assertThat(head.getSpec().getTolerations())
        .anyMatch(toleration -> toleration.getKey() == null)
        .anyMatch(toleration -> "Exists".equals(toleration.getOperator()));
    assertThat(head.getSpec().getContainers().getFirst().getImage())
        .isEqualTo("registry.local/pause:1");
  }

  /** KubeRay alone would not count it as a change. */
  @Test
  @Order(4)
  void otherTolerationsMakeASecondRayCluster() {
    cluster.kubectl(
        "patch",
        "rayservices.kro.run",
        NAME,
        "--namespace=" + TEAM,
        "--type=json",
        "-p",
        "[{\"op\":\"replace\",\"path\":\"/spec/resources/worker/hardware/tolerations/0/effect\",\"value\":\"NoExecute\"}]");

    cluster.await(
        "KubeRay prepares a second Ray cluster",
        () ->
            cluster
                .kubectl("get", "rayclusters", "--namespace=" + TARGET, "-o", "name")
                .lines()
                .count(),
        count -> count == 2);
  }

  private static String application(String name) {
    return """
    {"name": "%1$s", "route_prefix": "/%1$s", "import_path": "helloapp:build", "args": {"word": "%1$s"},
     "runtime_env": {"pip": ["helloapp==1.0.0"], "env_vars": {"GREETED": "all"}},
     "deployments": [{"name": "Hello", "ray_actor_options": {"num_cpus": 0.1}}]}\
    """
        .formatted(name);
  }

  private static Response get(String path) {
    return IngressNginx.get(HOST, "/ray-serve/" + NAME + path);
  }

  private JsonPath answer(String path) {
    cluster.await(path + " answers", () -> get(path).statusCode(), code -> code == 200);
    return get(path).jsonPath();
  }

  private static String word(String path) {
    Response response = get(path);
    return response.statusCode() == 200 ? response.jsonPath().getString("word") : "";
  }
}
