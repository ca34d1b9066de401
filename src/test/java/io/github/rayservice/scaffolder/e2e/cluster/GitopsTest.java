package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The complete path: Git push, Argo CD, kro, KubeRay, Ray; and what Argo CD shows meanwhile. Its
 * one Ray Service has the values at the limits of the form.
 */
@ClusterTest
@Order(6)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GitopsTest {
  /** Both parts of the identity together have 58 characters, so that the Application has 63. */
  private static final String TEAM = "m".repeat(29);

  private static final String NAME = "i".repeat(29);
  private static final String APPLICATION = "ray." + TEAM + "." + NAME;

  /** The most for KubeRay. */
  private static final String SERVICE = "n".repeat(47);

  /** The most for a namespace. */
  private static final String TARGET = "t".repeat(63);

  private static final String HOST = "git.example.com";
  private static final String OWN_HOST = "models.example.com";

  private final List<String> notifications = new CopyOnWriteArrayList<>();
  private Cluster cluster;
  private IngressNginx nginx;
  private ClusterGitRepository repository;
  private HttpServer service;
  private GitCommand workTree;

  @BeforeAll
  void pushTheFirstCommit(
      Cluster given, Lab lab, ClusterGitRepository ofTheRun, @TempDir Path directory)
      throws IOException {
    cluster = given;
    repository = ofTheRun;
    nginx = new IngressNginx(cluster, lab);
    lab.serveModel("good.zip", "model");
    lab.serveModel("broken.zip", "broken-model");
    service = HttpServer.create(new InetSocketAddress(Lab.HOST, PlatformFiles.SERVICE_PORT), 0);
    service.createContext(
        "/webhooks/argocd",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          // Other tests have Applications, too.
          if (body.contains("\"application\": \"" + APPLICATION + "\"")) {
            notifications.add(body);
          }
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    service.start();
    workTree = repository.cloneInto(directory.resolve("work"));
    cluster.createNamespace(TEAM);
    push("https://models.lab/missing.zip", 1);
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.stop(0);
    }
  }

  private void push(String rayServeFile, int replicas) throws IOException {
    push(rayServeFile, replicas, "ann", "''");
  }

  private void push(String rayServeFile, int replicas, String createdBy, String ownHost)
      throws IOException {
    Path directory = workTree.directory().resolve("rayservices").resolve(TEAM).resolve(NAME);
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("catalog-info.yaml"), "not: for the cluster\n");
    Files.writeString(
        directory.resolve("rayservice.yaml"),
        """
        apiVersion: kro.run/v1alpha1
        kind: RayService
        metadata:
          name: %s
          namespace: %s
          annotations:
            argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true
        spec:
          name: %s
          namespace: %s
          rayServeFile: %s
          replicas: %d
          resources: {worker: {gpu: 1}}
          ingress: {host: %s, className: internal}
          createdBy: %s
          gitlab:
            hostname: %s
            username: ml-team
        """
            .formatted(
                NAME, TEAM, SERVICE, TARGET, rayServeFile, replicas, ownHost, createdBy, HOST));
    repository.publish(workTree, "Deploy " + rayServeFile);
  }

  @Test
  @Order(1)
  void showsTheReasonOfWaitingAndThenTheFailedApplication() {
    String waiting = awaitHealth("Progressing");
    assertThat(waiting).contains("Waiting for");

    String failed = awaitHealth("Degraded");

    assertThat(failed)
        .contains("Serve application " + SERVICE + " is DEPLOY_FAILED:")
        .contains("404");
  }

  @Test
  @Order(2)
  void theDashboardAnswersWhileTheApplicationFails() {
    nginx.sync();

    assertThat(IngressNginx.get(HOST, "/ray-dashboard/" + SERVICE + "/").statusCode())
        .isEqualTo(200);
    assertThat(IngressNginx.get(HOST, "/ray-serve/" + SERVICE + "/").statusCode()).isEqualTo(503);
  }

  @Test
  @Order(3)
  void theLastLineOfTheExceptionIsTheMessage() throws IOException {
    push("https://models.lab/broken.zip", 1);

    cluster.await(
        "the exception of the model is shown",
        this::health,
        health -> health.contains("RuntimeError: the weights of this model are missing"));
  }

  @Test
  @Order(4)
  void isHealthyOnceTheModelAnswers() throws IOException {
    push("https://models.lab/good.zip", 1);

    awaitHealth("Healthy");

    nginx.sync();
    assertThat(IngressNginx.ask(HOST, SERVICE, "a b c d").jsonPath().getInt("words")).isEqualTo(4);
    cluster.await(
        "the service is notified",
        () -> notifications,
        all -> all.stream().anyMatch(text -> text.contains("\"health\": \"Healthy\"")));
    assertThat(notifications).anyMatch(text -> text.contains("\"health\": \"Degraded\""));
  }

  @Test
  @Order(5)
  void aGpuAndTheIngressClassAreAsked() {
    Pod worker = cluster.worker(TARGET);
    assertThat(worker.getSpec().getContainers().getFirst().getResources().getLimits())
        .containsKey("nvidia.com/gpu");
    assertThat(cluster.client().network().v1().ingresses().inNamespace(TARGET).list().getItems())
        .hasSize(2)
        .allSatisfy(
            ingress -> assertThat(ingress.getSpec().getIngressClassName()).isEqualTo("internal"));
  }

  @Test
  @Order(5)
  void argoCdsStatusViewHasTheLinks() {
    List<String> ofInstance = linksOfInstance();
    List<String> ofApplication = links("/links");

    String inCatalog = PlatformFiles.BACKSTAGE + "/catalog/" + TEAM + "/component/" + NAME;
    assertThat(ofApplication).containsExactly(inCatalog);
    assertThat(ofInstance)
        .containsExactly(
            "https://" + HOST + "/ray-serve/" + SERVICE + "/",
            "https://" + HOST + "/ray-dashboard/" + SERVICE + "/",
            inCatalog);
    URI serve = URI.create(ofInstance.get(0));
    URI dashboard = URI.create(ofInstance.get(1));
    assertThat(IngressNginx.post(serve.getHost(), serve.getPath(), "a b").statusCode())
        .isEqualTo(200);
    assertThat(IngressNginx.get(dashboard.getHost(), dashboard.getPath()).statusCode())
        .isEqualTo(200);
  }

  private static List<String> linksOfInstance() {
    return links(
        "/resource/links?namespace=%s&resourceName=%s&group=kro.run&version=v1alpha1&kind=RayService"
            .formatted(TEAM, NAME));
  }

  /** The deep links of Argo CD's API. */
  private static List<String> links(String path) {
    return RestAssured.given()
        .get(Lab.ARGO_CD + "/api/v1/applications/" + APPLICATION + path)
        .jsonPath()
        .getList("items.url");
  }

  @Test
  @Order(6)
  void changesAreSyncedAfterANewFieldInTheDefinition() throws IOException {
    cluster.addField("budget");
    cluster.await(
        "the new field has its default",
        () -> cluster.read(TEAM, NAME, "spec"),
        spec -> spec.contains("budget=none"));

    // These changes do not affect the Ray cluster.
    push("https://models.lab/good.zip", 1, "bob", OWN_HOST);

    cluster.await(
        "the change is in the cluster",
        () -> cluster.read(TEAM, NAME, "spec", "createdBy") + application("conditions"),
        "bob"::equals);
    cluster.await(
        "both Ingresses have the host",
        () -> cluster.client().network().v1().ingresses().inNamespace(TARGET).list().getItems(),
        ingresses ->
            ingresses.stream()
                .allMatch(
                    ingress -> ingress.getSpec().getRules().getFirst().getHost().equals(OWN_HOST)));
    nginx.sync();
    assertThat(IngressNginx.ask(OWN_HOST, SERVICE, "one").jsonPath().getInt("words")).isEqualTo(1);
    assertThat(linksOfInstance()).contains("https://" + OWN_HOST + "/ray-serve/" + SERVICE + "/");
  }

  @Test
  @Order(7)
  void aValueThatTheClusterRefusesIsReportedAndTheModelStaysUp() throws IOException {
    push("https://models.lab/good.zip", -1);

    // Argo CD 3.6 may revert the status a second later, until a user presses Refresh.
    cluster.await(
        "Argo CD reports the refused value",
        () -> {
          String conditions = application("conditions");
          refresh();
          return conditions;
        },
        conditions -> conditions.contains("spec.replicas"));
    assertThat(IngressNginx.get(OWN_HOST, "/ray-serve/" + SERVICE + "/").statusCode())
        .isEqualTo(200);
    push("https://models.lab/good.zip", 1);
    cluster.await(
        "the version in Git is applied",
        () -> application("sync"),
        sync -> sync.contains("status=Synced") && sync.contains(workTree.run("rev-parse", "HEAD")));
  }

  /** Its owners in GitLab may be other people than those of the namespace that it names. */
  @Test
  @Order(8)
  void aDirectorySpeaksForItselfOnly() throws IOException {
    cluster.createNamespace("team-victim");
    Path directory = workTree.directory().resolve("rayservices").resolve(TEAM).resolve("foreign");
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("rayservice.yaml"),
        Stream.of(
                "foreign " + TEAM + " foreign-of-the-directory",
                "foreign team-victim foreign-of-the-victim")
            .map(words -> words.split(" ", 3))
            .map(words ->
                """
                apiVersion: kro.run/v1alpha1
                kind: RayService
                metadata: {name: %s, namespace: %s}
                spec:
                  name: foreign
                  namespace: %s
                  rayServeFile: https://models.lab/good.zip
                  ray: {image: 'registry.local/pause:1'}
                  gitlab: {hostname: %s, username: ml-team}
                """
                    .formatted(words[0], words[1], words[2], HOST))
            .collect(Collectors.joining("---\n")));
    repository.publish(workTree, "For another team");
    String application = "ray." + TEAM + ".foreign";

    String conditions =
        cluster.await(
            "Argo CD reports whose directory it is",
            () -> find(application) == null ? "" : find(application).get("status").toString(),
            status -> status.contains("is not the Ray Service of the Application " + application));

    assertThat(conditions).contains("rayservice-directory");
    assertThat(cluster.rayService("team-victim", "foreign").get()).isNull();
    assertThat(cluster.client().namespaces().withName("foreign-of-the-victim").get()).isNull();
    workTree.run("rm", "-q", "-r", "rayservices/" + TEAM + "/foreign");
    repository.publish(workTree, "Remove the foreign one");
    // Argo CD deletes nothing while it tries a sync again.
    cluster.await(
        "its Application is gone",
        () -> {
          GenericKubernetesResource last = find(application);
          if (last != null && last.get("operation") != null) {
            cluster.kubectl(
                "patch",
                "application",
                application,
                "--namespace=argocd",
                "--type=merge",
                "--patch={\"status\":{\"operationState\":{\"phase\":\"Terminating\"}}}");
          }
          return last == null;
        },
        gone -> gone);
    cluster.await(
        "nothing of it is left",
        () -> cluster.rayService(TEAM, "foreign").get() == null,
        gone -> gone);
  }

  /** Without waiting for the last of the tries, which is minutes away. */
  @Test
  @Order(9)
  void theCommitThatFixesTheFaultIsTakenByTheNextTry() throws IOException {
    String application = "ray." + TEAM + ".fixed";
    pushFixed("kube-system");
    cluster.await(
        "Argo CD tries again",
        () -> operation(application, "message"),
        message -> message.contains("Retrying attempt"));
    String started = operation(application, "startedAt");

    String fix = pushFixed("fixed-by-the-next-try");
    cluster.await(
        "Argo CD takes the newest commit",
        () -> operation(application, "syncResult", "revision"),
        fix::equals);

    assertThat(operation(application, "startedAt")).isEqualTo(started);
    cluster.await(
        "the Ray Service is in the cluster",
        () -> cluster.rayService(TEAM, "fixed").get() != null,
        found -> found);
    workTree.run("rm", "-q", "-r", "rayservices/" + TEAM + "/fixed");
    repository.publish(workTree, "Remove the fixed one");
    cluster.awaitGone(TEAM, "fixed", "fixed-by-the-next-try");
  }

  private String pushFixed(String namespace) throws IOException {
    Path directory = workTree.directory().resolve("rayservices").resolve(TEAM).resolve("fixed");
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("rayservice.yaml"),
        """
        apiVersion: kro.run/v1alpha1
        kind: RayService
        metadata: {name: fixed, namespace: %s}
        spec:
          name: fixed
          namespace: %s
          rayServeFile: https://models.lab/good.zip
          replicas: 0
          ray: {image: 'registry.local/pause:1'}
          gitlab: {hostname: %s, username: ml-team}
        """
            .formatted(TEAM, namespace, HOST));
    repository.publish(workTree, "Deploy into " + namespace);
    return workTree.run("rev-parse", "HEAD");
  }

  /** A text of {@code status.operationState}; empty where there is none. */
  private String operation(String application, String... path) {
    GenericKubernetesResource found = find(application);
    Object value =
        found == null
            ? null
            : found.get(
                Stream.concat(Stream.of("status", "operationState"), Stream.of(path)).toArray());
    return value == null ? "" : value.toString();
  }

  @Test
  @Order(10)
  void aRayServiceDeletedInGitIsDeletedInTheCluster() {
    workTree.run("rm", "-q", "-r", "rayservices/" + TEAM);
    repository.publish(workTree, "Remove it");

    cluster.awaitGone(TEAM, NAME, TARGET);
    cluster.await("the Application is gone", this::health, String::isEmpty);
  }

  private void refresh() {
    cluster.kubectl(
        "--namespace=argocd",
        "annotate",
        "--overwrite",
        "application",
        APPLICATION,
        "argocd.argoproj.io/refresh=normal");
  }

  /** Waits until Argo CD reports this health, and returns the resource's message. */
  private String awaitHealth(String status) {
    cluster.await(
        "Argo CD reports " + status,
        () -> application("health") + " " + health(),
        health -> health.startsWith("{") && health.contains("status=" + status));
    return health();
  }

  /** The health check's result for the instance: status and message. */
  private String health() {
    GenericKubernetesResource application = find();
    Object resources = application == null ? null : application.get("status", "resources");
    return resources == null ? "" : resources.toString();
  }

  private String application(String part) {
    GenericKubernetesResource application = find();
    Object value = application == null ? null : application.get("status", part);
    return value == null ? "" : value.toString();
  }

  private @Nullable GenericKubernetesResource find() {
    return find(APPLICATION);
  }

  private @Nullable GenericKubernetesResource find(String application) {
    return cluster
        .client()
        .genericKubernetesResources("argoproj.io/v1alpha1", "Application")
        .inNamespace("argocd")
        .withName(application)
        .get();
  }
}
