package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Both examples of the README on the same cluster: the second names the target namespace of the
 * first. In a namespace of its own it starts together with the first.
 */
@ClusterTest
@ResourceLock(ClusterTest.README_EXAMPLES)
@Order(4)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RayServiceLifecycleTest {
  private static final String TEAM = "my-namespace";
  private static final String NAME = "my-ray-service";
  private static final String TARGET = "ray-system";
  private static final String SECOND = "text-ml-service-of-its-own";
  private static final String HOST = "gitlab.example.com";

  /** The state at one moment of the start. */
  private record Sample(boolean ready, int model, int dashboard) {}

  private final List<Sample> start = new ArrayList<>();
  private Cluster cluster;
  private Lab lab;
  private IngressNginx nginx;

  @BeforeAll
  void startTheFirstExample(Cluster given, Lab givenLab) {
    cluster = given;
    lab = givenLab;
    nginx = new IngressNginx(cluster, lab);
    lab.serveExample();
    cluster.createNamespace(TEAM);
    cluster.createNamespace("team-ml");
    apply("readme-schema");
    GenericKubernetesResource second = Cluster.document("golden/readme-example/request.yaml");
    second.getMetadata().setName(SECOND);
    cluster.create(with(second, "namespace", "text-ml"));
    cluster.await(
        "the model of " + NAME + " answers",
        this::sample,
        sample -> sample.ready() && sample.model() == 200);
    cluster.awaitActive(TEAM, NAME);
  }

  /** The README's example as it is. */
  private void apply(String example) {
    cluster.kubectl("apply", "-f", "src/test/resources/golden/" + example + "/request.yaml");
  }

  private Sample sample() {
    boolean ready = cluster.read(TEAM, NAME, "status", "rayClusterReady").equals("true");
    nginx.sync();
    Sample sample =
        new Sample(
            ready,
            IngressNginx.get(HOST, "/ray-serve/my-service/").statusCode(),
            IngressNginx.get(HOST, "/ray-dashboard/my-service/").statusCode());
    start.add(sample);
    return sample;
  }

  @Test
  @Order(1)
  void isReadyOnlyWhenTheModelAnswers() {
    assertThat(start.getFirst().ready()).isFalse();
    assertThat(start).filteredOn(Sample::ready).isNotEmpty();
  }

  @Test
  @Order(2)
  void hasTheSixStatusFields() {
    GenericKubernetesResource instance = cluster.rayService(TEAM, NAME).get();
    Map<String, Object> status = instance.get("status");

    assertThat(status)
        .containsEntry("state", "ACTIVE")
        .containsEntry("rayServiceName", "my-service")
        .containsEntry("rayServiceNamespace", TARGET)
        .containsEntry("serveServiceName", "my-service-serve-svc")
        .containsEntry("dashboardServiceName", "my-service-ray")
        .containsEntry("ingressName", "my-service-ray-ingress")
        .containsEntry("rayClusterReady", true);
    for (String service : List.of("serveServiceName", "dashboardServiceName")) {
      assertThat(
              cluster
                  .client()
                  .services()
                  .inNamespace(TARGET)
                  .withName((String) status.get(service))
                  .get())
          .as(service)
          .isNotNull();
    }
  }

  /** When one controller removes what the other adds, each removal changes the spec. */
  @Test
  @Order(2)
  void kroAndKubeRayAgreeOnTheSpec() {
    assertThat(cluster.kubeRay(TARGET, "my-service").get().getMetadata().getGeneration())
        .isEqualTo(1);
  }

  @Test
  @Order(3)
  void modelAndDashboardAnswerThroughNginx() {
    nginx.sync();

    assertThat(translation(HOST, "my-service")).isEqualTo("bonjour");
    assertThat(IngressNginx.get(HOST, "/ray-dashboard/my-service/").body().asString())
        .contains("Ray Dashboard");
    assertThat(IngressNginx.get(HOST, "/ray-serve/another/").statusCode()).isEqualTo(404);
  }

  /** Who can post a job runs code in the cluster. */
  @ParameterizedTest
  @CsvSource({
    "GET, /api/version, 401",
    "GET, /api/serve/applications/, 401",
    "GET, /api/jobs/, 401",
    "POST, /api/jobs/, 401",
    "PUT, /api/serve/applications/, 401",
    "DELETE, /api/serve/applications/, 401",
  })
  @Order(3)
  void theDashboardTakesNothingFromStrangers(String method, String path, int status) {
    nginx.sync();
    String url = "https://" + Lab.NODE + "/ray-dashboard/my-service" + path;

    for (String token : List.of("", "Bearer ", "Bearer wrong")) {
      assertThat(
              IngressNginx.request(HOST)
                  .header("Authorization", token)
                  .contentType("application/json")
                  .body("{\"entrypoint\":\"env\"}")
                  .request(method, url)
                  .statusCode())
          .isIn(status, 403);
    }
  }

  @Test
  @Order(3)
  void theDashboardAnswersToItsToken() {
    nginx.sync();
    String token = cluster.rayToken(TARGET, "my-service");

    assertThat(
            IngressNginx.get(HOST, "/ray-dashboard/my-service/api/version", token)
                .jsonPath()
                .getString("ray_version"))
        .isNotEmpty();
    assertThat(IngressNginx.get(HOST, "/ray-dashboard/my-service/api/jobs/", token).statusCode())
        .isEqualTo(200);
  }

  /** A browser would send it to every model of the host otherwise. */
  @Test
  @Order(3)
  void theCookieWithTheTokenIsForTheDashboardOnly() {
    nginx.sync();

    Response answer =
        IngressNginx.request(HOST)
            .header("Authorization", "Bearer " + cluster.rayToken(TARGET, "my-service"))
            .post("https://" + Lab.NODE + "/ray-dashboard/my-service/api/authenticate");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.getHeader("Set-Cookie"))
        .startsWith("ray-authentication-token=")
        .contains("Path=/ray-dashboard/my-service/", "HttpOnly", "SameSite=Strict");
  }

  private static String translation(String host, String name) {
    return IngressNginx.ask(host, name, "good morning everybody")
        .jsonPath()
        .getString("translation");
  }

  @Test
  @Order(4)
  void theSecondExampleIsDeniedByTheGuardAndTheFirstStaysUp() {
    Set<String> pods = cluster.pods(TARGET);
    GenericKubernetesResource second = Cluster.document("golden/readme-example/request.yaml");
    // Another one has the address of this example for the time being, which is refused, too.
    with(second, "name", "text-ml-of-its-own-address");

    assertThatThrownBy(() -> cluster.create(second))
        .hasMessageContaining("ray-system exists already")
        .hasMessageContaining("belongs to the Ray Service my-namespace/my-ray-service");

    cluster.rayService("team-ml", "text-ml-service").delete();
    assertThat(cluster.pods(TARGET)).isEqualTo(pods);
    assertThat(IngressNginx.get(HOST, "/ray-serve/my-service/").statusCode()).isEqualTo(200);
  }

  @Test
  @Order(5)
  void theTargetNamespaceCannotBeChanged() {
    assertThatThrownBy(() ->
            cluster
                .rayService(TEAM, NAME)
                .edit(instance -> with(instance, "namespace", "kube-system")))
        .hasMessageContaining("immutable");
  }

  @Test
  @Order(6)
  void theSecondExampleWorksInItsOwnNamespace() {
    cluster.awaitActive("team-ml", SECOND);

    nginx.sync();
    assertThat(translation("gitlab.company.com", "text-ml")).isEqualTo("bonjour");
  }

  /** From the head of one Ray Service to the other one, and out. */
  @Test
  @Order(6)
  void tenantsAreApart() {
    String own = headOf("text-ml").getStatus().getPodIP();
    String other = headOf(TARGET).getStatus().getPodIP();
    List<String> heads =
        List.of(other + ":8265", other + ":6379", other + ":10001", other + ":8000");
    List<String> closed =
        List.of(Lab.CLOSED + ":443", Lab.METADATA + ":80", "10.96.0.1:443", Lab.NODE + ":6443");
    List<String> open = List.of(own + ":8265", own + ":6379", Lab.OPENED + ":443");

    assertThat(reached(headOf("text-ml"), heads, closed, open))
        .containsExactlyInAnyOrderElementsOf(open);

    // They listen: a tenant reaches itself, and what no policy holds reaches what is not a
    // tenant's.
    assertThat(reached(headOf(TARGET), heads, List.of(), List.of(Lab.OPENED + ":443")))
        .containsAll(List.of(other + ":8265", other + ":6379", Lab.OPENED + ":443"));
    Pod controller =
        cluster.client().pods().inNamespace("ingress-nginx").list().getItems().getFirst();
    assertThat(reached(controller, heads, closed, open))
        .contains(
            Lab.CLOSED + ":443",
            Lab.METADATA + ":80",
            "10.96.0.1:443",
            Lab.NODE + ":6443",
            other + ":8265")
        .doesNotContain(other + ":6379", other + ":10001");
  }

  /** The attackers of docs/platform/security.md, with both Ray Services running. */
  @Test
  @Order(6)
  void theAttackersAreRefused() {
    nginx.sync();
    Pod controller =
        cluster.client().pods().inNamespace("ingress-nginx").list().getItems().getFirst();

    String report =
        lab.attack(TEAM + "/" + NAME, "team-ml/" + SECOND, controller.getMetadata().getName());

    assertThat(report.lines())
        .allMatch(line -> line.startsWith("refused ") || line.startsWith("allowed "))
        .hasSizeGreaterThan(60);
  }

  private Pod headOf(String namespace) {
    return cluster
        .client()
        .pods()
        .inNamespace(namespace)
        .withLabel("ray.io/node-type", "head")
        .list()
        .getItems()
        .getFirst();
  }

  /** The addresses that take a connection from the pod. */
  @SafeVarargs
  private List<String> reached(Pod from, List<String>... addresses) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "exec",
                "--namespace=" + from.getMetadata().getNamespace(),
                from.getMetadata().getName(),
                "--container=" + from.getSpec().getContainers().getFirst().getName(),
                "--",
                "python3",
                "-c",
                """
                import socket, sys
                for address in sys.argv[1:]:
                    host, port = address.split(":")
                    try:
                        socket.create_connection((host, int(port)), timeout=5).close()
                        print(address)
                    except OSError:
                        pass
                """));
    for (List<String> some : addresses) {
      command.addAll(some);
    }
    return cluster.kubectl(command.toArray(String[]::new)).lines().toList();
  }

  @Test
  @Order(7)
  void aNewOptionalFieldDoesNotChangeRunningServices() {
    Set<String> pods = cluster.pods(TARGET);
    Set<String> others = cluster.pods("text-ml");

    cluster.addField("costCenter");
    cluster.await(
        "the new field has its default",
        () ->
            cluster.kubectl(
                "get", "rayservices.kro.run", "-n", TEAM, NAME, "-o", "jsonpath={.spec}"),
        spec -> spec.contains("costCenter"));
    cluster.awaitActive(TEAM, NAME);
    cluster.awaitActive("team-ml", SECOND);

    assertThat(cluster.pods(TARGET)).isEqualTo(pods);
    assertThat(cluster.pods("text-ml")).isEqualTo(others);
  }

  @Test
  @Order(9)
  void nothingIsLeftOfADeletedRayService() {
    Set<String> pods = cluster.pods(TARGET);

    cluster.delete("team-ml", SECOND);

    assertThat(cluster.pods(TARGET)).isEqualTo(pods);
    cluster.delete(TEAM, NAME);
  }

  @Test
  @Order(10)
  void theSecondExampleAsItIsRunsAfterTheFirst() {
    apply("readme-example");

    cluster.awaitActive("team-ml", "text-ml-service");
    nginx.sync();
    assertThat(translation("gitlab.company.com", "text-ml")).isEqualTo("bonjour");
    cluster.delete("team-ml", "text-ml-service");
  }

  private static GenericKubernetesResource with(
      GenericKubernetesResource rayService, String field, Object value) {
    Map<String, Object> spec = new HashMap<>(rayService.<Map<String, Object>>get("spec"));
    spec.put(field, value);
    rayService.setAdditionalProperty("spec", spec);
    return rayService;
  }
}
