package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.github.rayservice.scaffolder.testsupport.backstage.Browser;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The other two values of dashboard, each in a definition of its own beside that of the other
 * tests: {@code guarded} with every other value of the platform set, too, and {@code none}. And
 * people's way to the dashboard, in a browser.
 */
@ClusterTest
@Order(3)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardModesTest {
  private static final String TEAM = "team-dashboards";
  private static final int LOGIN_PORT = 9482;
  private static final String LOGIN = "http://" + Lab.HOST + ":" + LOGIN_PORT + "/oauth2/auth";
  private static final String SIGN_IN = "https://login.lab/start?rd=https://";
  private static final String DOMAIN = "dashboards.lab";

  private static final Map<String, String> GUARDED =
      Map.ofEntries(
          Map.entry("dashboard", "guarded"),
          Map.entry("dashboardDomain", DOMAIN),
          Map.entry("dashboardAuthUrl", LOGIN + "?for=dashboards"),
          Map.entry("dashboardAuthSignin", SIGN_IN + "$host$escaped_request_uri"),
          Map.entry("serveAuthUrl", LOGIN + "?for=models"),
          Map.entry("serveAuthSignin", SIGN_IN + "$host/of-models"),
          Map.entry("tlsIssuer", "company-ca"),
          Map.entry("ingressAddresses", "10.89.0.0/24, 192.0.2.0/24"),
          Map.entry("internetPorts", "443, 22"),
          Map.entry("closed", "198.51.100.0/24"),
          Map.entry("apiServerAddresses", "10.96.0.1/32"));

  private Cluster cluster;
  private IngressNginx nginx;
  private HttpServer login;

  @BeforeAll
  void start(Cluster given, Lab lab) throws IOException {
    cluster = given;
    nginx = new IngressNginx(cluster, lab);
    lab.serveModel("dashboards.zip", "model");
    login = HttpServer.create(new InetSocketAddress(Lab.HOST, LOGIN_PORT), 0);
    login.createContext(
        "/oauth2/auth",
        exchange -> {
          String cookies =
              String.join(";", exchange.getRequestHeaders().getOrDefault("Cookie", List.of()));
          exchange.sendResponseHeaders(cookies.contains("login=ann") ? 202 : 401, -1);
          exchange.close();
        });
    login.start();
    PlatformFiles.define(cluster, PlatformFiles.FILES, "GuardedRayService", GUARDED, same -> {});
    PlatformFiles.define(
        cluster, PlatformFiles.FILES, "PlainRayService", Map.of("dashboard", "none"), same -> {});
    cluster.createNamespace(TEAM);
    create("GuardedRayService", "guarded");
    create("PlainRayService", "plain");
    create("RayService", "token");
    for (String name : List.of("guarded", "plain", "token")) {
      cluster.await(
          name + " answers",
          () -> cluster.readKubeRay(target(name), name, "status", "conditions"),
          conditions -> conditions.contains("reason=NonZeroServeEndpoints"));
    }
    nginx.sync();
  }

  private void create(String kind, String name) {
    cluster
        .client()
        .resource(
            Cluster.parse(
                """
                apiVersion: kro.run/v1alpha1
                kind: %s
                metadata: {name: %s, namespace: %s}
                spec:
                  name: %2$s
                  namespace: %s
                  rayServeFile: https://models.lab/dashboards.zip
                  replicas: 0
                  ingress: {host: %s, ownHost: true}
                  gitlab: {hostname: gitlab.example.com, username: ml-team}
                """
                    .formatted(kind, name, TEAM, target(name), host(name))))
        .create();
  }

  private static String target(String name) {
    return "dashboards-" + name;
  }

  private static String host(String name) {
    return name + ".models.lab";
  }

  @AfterAll
  void stop() {
    if (login != null) {
      login.stop(0);
    }
    for (String kind : List.of("guardedrayservices", "plainrayservices", "rayservices")) {
      cluster.kubectl("delete", kind + ".kro.run", "--all", "-n", TEAM, "--wait=false");
    }
  }

  private Map<String, Ingress> ingresses(String name) {
    return cluster
        .client()
        .network()
        .v1()
        .ingresses()
        .inNamespace(target(name))
        .list()
        .getItems()
        .stream()
        .collect(Collectors.toMap(ingress -> ingress.getMetadata().getName(), i -> i));
  }

  @Test
  @Order(1)
  void everyValueIsInTheObjects() {
    Map<String, Ingress> ingresses = ingresses("guarded");
    Ingress dashboard = ingresses.get("guarded-ray-dashboard");
    Ingress model = ingresses.get("guarded-ray-ingress");
    String annotation = "nginx.ingress.kubernetes.io/";

    assertThat(dashboard.getMetadata().getAnnotations())
        .containsEntry(annotation + "auth-url", LOGIN + "?for=dashboards")
        .containsEntry(annotation + "auth-signin", SIGN_IN + "$host$escaped_request_uri")
        .containsEntry("cert-manager.io/cluster-issuer", "company-ca");
    assertThat(dashboard.getSpec().getTls())
        .containsExactly(
            new IngressTLS(List.of("dashboards-guarded." + DOMAIN), "guarded-dashboard-tls"));
    assertThat(model.getMetadata().getAnnotations())
        .containsEntry(annotation + "auth-url", LOGIN + "?for=models")
        .containsEntry(annotation + "auth-signin", SIGN_IN + "$host/of-models")
        .containsEntry("cert-manager.io/cluster-issuer", "company-ca");
    assertThat(model.getSpec().getTls())
        .containsExactly(new IngressTLS(List.of(host("guarded")), "guarded-tls"));
    String isolation =
        cluster.kubectl("get", "networkpolicy", "-n", target("guarded"), "guarded", "-o", "json");
    assertThat(isolation)
        .contains("10.89.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "\"port\": 22,");
  }

  @Test
  @Order(1)
  void whoHasNotLoggedInSeesTheLoginOnly() {
    String dashboard = "dashboards-guarded." + DOMAIN;

    assertThat(get(dashboard, "/api/version", "login=eve"))
        .returns(302, Response::statusCode)
        .returns(SIGN_IN + dashboard + "/api/version", answer -> answer.getHeader("Location"));
    assertThat(get(host("guarded"), "/", "login=eve"))
        .returns(302, Response::statusCode)
        .returns(SIGN_IN + host("guarded") + "/of-models", answer -> answer.getHeader("Location"));
    // The login alone is not the token.
    assertThat(get(dashboard, "/api/version", "login=ann").statusCode()).isEqualTo(401);
    assertThat(
            IngressNginx.request(host("guarded"))
                .header("Cookie", "login=ann")
                .contentType("text/plain")
                .body("one two")
                .post("https://" + Lab.NODE + "/")
                .jsonPath()
                .getInt("words"))
        .isEqualTo(2);
  }

  private static Response get(String host, String path, String cookie) {
    return IngressNginx.request(host).header("Cookie", cookie).get("https://" + Lab.NODE + path);
  }

  @Test
  @Order(1)
  void theAddressOfTheReadmeLeadsToTheGuardedDashboard() {
    assertThat(get(host("guarded"), "/ray-dashboard/guarded/", "login=eve"))
        .returns(302, Response::statusCode)
        .returns("https://dashboards-guarded." + DOMAIN, answer -> answer.getHeader("Location"));
  }

  @Test
  @Order(1)
  void withoutADashboardThereIsThePortForwardOnly() throws IOException {
    assertThat(ingresses("plain")).containsOnlyKeys("plain-ray-ingress");
    // The path is the model's, as every other one of its host.
    assertThat(
            cluster
                .await(
                    "the model answers below its own host",
                    () -> get(host("plain"), "/ray-dashboard/plain/api/version", ""),
                    answer -> answer.statusCode() == 200)
                .asString())
        .contains("words")
        .doesNotContain("ray_version");

    // As `kubectl port-forward service/plain-head-svc 8265` does.
    try (LocalPortForward forward =
        cluster
            .client()
            .services()
            .inNamespace(target("plain"))
            .withName("plain-head-svc")
            .portForward(8265)) {
      String url = "http://127.0.0.1:" + forward.getLocalPort() + "/api/version";
      assertThat(RestAssured.get(url).statusCode()).isEqualTo(401);
      assertThat(
              RestAssured.given()
                  .header("Authorization", "Bearer " + cluster.rayToken(target("plain"), "plain"))
                  .get(url)
                  .statusCode())
          .isEqualTo(200);
    }
  }

  /** The command in the instance's status, as people run it. */
  private String tokenOf(String kind, String name) throws IOException {
    String command =
        cluster
            .kubectl(
                "get",
                kind + ".kro.run",
                name,
                "-n",
                TEAM,
                "-o",
                "jsonpath={.status.dashboardTokenCommand}")
            .strip();
    assertThat(command).startsWith("kubectl -n " + target(name) + " get secrets ");
    Process shell =
        new ProcessBuilder(
                "sh", "-c", command.replaceFirst("^kubectl", "'" + Lab.SCRIPT + "' kubectl"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String[] line = new String(shell.getInputStream().readAllBytes(), UTF_8).strip().split(" ");
    assertThat(line).as(command).hasSize(2);
    return line[1];
  }

  /** Ray's own dialog asks for the token, and its cookie is valid below the path. */
  @Test
  @Order(2)
  void peopleSeeTheDashboardWithTheTokenBehindThePath() throws IOException {
    see(host("token"), "/ray-dashboard/token/", tokenOf("rayservices", "token"), Optional.empty());
  }

  @Test
  @Order(2)
  void peopleWhoLoggedInSeeTheGuardedDashboardWithTheToken() throws IOException {
    see(
        "dashboards-guarded." + DOMAIN,
        "/",
        tokenOf("guardedrayservices", "guarded"),
        Optional.of("ann"));
  }

  private static void see(String host, String path, String token, Optional<String> user)
      throws IOException {
    try (Browser browser =
        new Browser(
            "https://" + host,
            Path.of("target/dashboard-shots"),
            "--ignore-certificate-errors",
            "--host-resolver-rules=MAP * " + Lab.NODE)) {
      user.ifPresent(name -> browser.cookie("login", name));
      browser
          .open(path + "#/serve")
          .see("Authentication Token Required")
          .shot(host + "-asks")
          .fill("Authentication Token", "wrong")
          .press("Submit")
          .see("invalid")
          .fill("Authentication Token", token)
          .press("Submit")
          .see("WordCount")
          .shot(host);
    }
  }
}
