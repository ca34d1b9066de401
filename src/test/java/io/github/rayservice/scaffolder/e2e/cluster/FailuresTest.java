package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service's diagnosis of failures on a real cluster. All failures exist at the same time,
 * except for those of the zip, which one Ray Service has one after the other.
 */
@ClusterTest
@Order(7)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailuresTest {
  private static final String TEAM = "team-failing";

  /** The port of the Ray head that workers join. */
  private static final int GCS = 6379;

  private static final List<String> ALL =
      List.of(
          "zip",
          "apart",
          "quota",
          "limit",
          "scarce",
          "memory",
          "gpus",
          "no-image",
          "no-ray",
          "no-serve",
          "tight",
          "no-shell",
          "refused");

  private Cluster cluster;
  private Lab lab;
  private FakeGitlab gitlab;
  private WatchingService service;

  @BeforeAll
  void createFailures(Cluster given, Lab ofTheTests, @TempDir Path directory) throws IOException {
    cluster = given;
    lab = ofTheTests;
    lab.serveModel("failing.zip", "broken-model");
    lab.serveModel("init.zip", "init-model");
    lab.serveModel("fine.zip", "model");
    lab.serveModel("slow.zip", "slow-model");
    // Not the default address, so the definition adds no packages.
    lab.serveModel("bare.zip", "example");
    lab.serveExample();
    lab.serveModel("unhealthy.zip", "unhealthy-model");
    lab.serveZip("two.zip", "model", "serve-config", "another");
    lab.serveText("plain.zip", "This is no zip.\n");
    WatchingService.install(cluster);
    gitlab = FakeGitlab.start(directory.resolve("gitlab"));
    service =
        WatchingService.start(
            cluster,
            lab,
            gitlab,
            directory.resolve("service"),
            Map.of("jdk.net.hosts.file", hosts(directory), "scaffolder.status.patience", "20s"));
    cluster.kubectl("apply", "-f", unservedClass(directory));
    // Only for Ray before 2.53 does KubeRay's probe of the head ask the dashboard. A newer head is
    // ready without one.
    create(
        "apart",
        "rayServeFile: https://models.lab/fine.zip",
        "replicas: 1",
        "ray: {version: 2.52.0, image: 'docker.io/rayproject/ray:2.60.0'}");
    keepApart();
    create("zip", "rayServeFile: https://models.lab/not-there.zip");
    // Ray need not start: the pods cannot be scheduled.
    create(
        "gpus",
        "ray: {image: 'registry.local/pause:1'}",
        "resources: {worker: {gpu: 9}}",
        "replicas: 1",
        "ingress: {className: unserved}");
    create("scarce", "resources: {head: {cpu: '1280'}}");
    create("memory", "resources: {head: {memory: 9000Gi}}");
    // Not from the service, which refuses an entry point without a module.
    create("refused", "serveConfig: {applications: [{name: text-ml, import_path: app}]}");
    create("quota", "ray: {image: 'registry.invalid/no/such:1'}");
    create("limit", "ray: {image: 'registry.invalid/no/such:1'}");
    create("no-image", "ray: {image: 'registry.invalid/no/such:1'}");
    create("no-ray", "ray: {image: 'registry.local/no-ray:1'}");
    create("no-serve", "ray: {image: 'registry.local/no-serve:1'}");
    create("tight", "resources: {head: {memory: 48Mi}}");
    create(
        "no-shell",
        "ray: {image: 'registry.local/pause:1'}",
        "ingress: {className: unserved, host: known.example.com}");
  }

  /** A worker that has joined already is replaced by one that cannot join. */
  private void keepApart() {
    lab.keepOut(headOfApart("status.podIP"), GCS);
    removePods("apart", "ray.io/node-type", "worker");
  }

  /** A value of the Ray head's pod, as soon as it is set. */
  private String headOfApart(String path) {
    return cluster.await(
        "the head has its " + path,
        () ->
            cluster.kubectl(
                "get",
                "pods",
                "--namespace=failing-apart",
                "--selector=ray.io/node-type=head",
                "-o",
                "jsonpath={.items[*].%s}".formatted(path)),
        value -> !value.isBlank());
  }

  /**
   * The host names that the service can resolve; the answers of the machine's own resolver differ.
   */
  private static String hosts(Path directory) throws IOException {
    Path file = directory.resolve("hosts");
    return Files.writeString(file, "127.0.0.1 localhost known.example.com\n").toString();
  }

  private static String unservedClass(Path directory) throws IOException {
    Path file = directory.resolve("class.yaml");
    return Files.writeString(
            file,
            """
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: unserved}
            spec: {controller: example.com/nobody}
            """)
        .toString();
  }

  private void create(String name, String... fields) {
    new BrokenRayServices(cluster, TEAM, "failing-").create(name, fields);
  }

  @AfterAll
  void tidyUp() {
    if (service != null) {
      service.close();
    }
    if (gitlab != null) {
      gitlab.close();
    }
    ALL.forEach(name -> cluster.rayService(TEAM, name).delete());
    cluster.kubectl("delete", "ingressclass", "unserved");
  }

  private JsonNode problem(String name, String problem) {
    JsonNode finding = service.awaitProblem(TEAM + "/" + name, problem);
    assertThat(finding.path("nextStep").asText()).isNotBlank();
    return finding;
  }

  private static String evidence(JsonNode finding) {
    return finding.path("evidence").toString();
  }

  /** One Ray Service has the failures of the zip one after the other. */
  private JsonNode problemOfTheZip(String rayServeFile, String problem) {
    changeZip("zip", rayServeFile);
    return problem("zip", problem);
  }

  private void changeZip(String name, String rayServeFile) {
    patch(name, "{\"spec\":{\"rayServeFile\":\"%s\"}}".formatted(rayServeFile));
  }

  private void patch(String name, String change) {
    cluster.kubectl(
        "patch", "rayservices.kro.run", name, "--namespace=" + TEAM, "--type=merge", "-p", change);
  }

  @Test
  void aMissingZip() {
    JsonNode finding = problemOfTheZip("https://models.lab/not-there.zip", "ZipNotFound");

    assertThat(evidence(finding)).contains("404").contains("https://models.lab/not-there.zip");
    assertThat(service.await(TEAM + "/zip", "Failed").path("message").asText())
        .isEqualTo("the Serve application zip is DEPLOY_FAILED");
  }

  @Test
  void aForbiddenZip() {
    JsonNode finding = problemOfTheZip("https://models.lab/private/a.zip", "ZipForbidden");

    assertThat(evidence(finding)).contains("403");
  }

  @Test
  void aZipOnAnUnreachableServer() {
    JsonNode finding = problemOfTheZip("https://nowhere.invalid/a.zip", "ZipUnreachable");

    assertThat(finding.path("details").asText()).contains("nowhere.invalid");
  }

  /** The Ray Service ran before, so later failures differ. */
  @Test
  @Order(Integer.MAX_VALUE)
  void replicasWithFailingHealthChecks() {
    JsonNode finding = problemOfTheZip("https://models.lab/unhealthy.zip", "ServeUnhealthy");

    // Serve names the deployment first, and the exception once a new replica has failed, too.
    assertThat(evidence(finding)).containsAnyOf("UNHEALTHY", "the GPU is lost");
  }

  @Test
  void aFileThatIsNoZip() {
    JsonNode finding = problemOfTheZip("https://models.lab/plain.zip", "NotAZip");

    assertThat(finding.path("details").asText()).contains("Traceback");
  }

  @Test
  void aZipWithTwoFolders() {
    JsonNode finding = problemOfTheZip("https://models.lab/two.zip", "EntryPoint");

    assertThat(evidence(finding)).contains("No module named 'text_ml'");
  }

  @Test
  void aCertificateForAnotherName() {
    JsonNode finding = problemOfTheZip("https://unnamed.lab/application.zip", "ZipTls");

    assertThat(evidence(finding)).contains("CERTIFICATE_VERIFY_FAILED");
  }

  @Test
  void aPackageThatTheImageDoesNotHave() {
    JsonNode finding = problemOfTheZip("https://models.lab/bare.zip", "ModuleMissing");

    assertThat(evidence(finding)).contains("No module named 'transformers'");
    assertThat(finding.path("nextStep").asText()).contains("runtimeEnv.pip");
  }

  @Test
  void aPackageThatTheIndexDoesNotHave() {
    patch("zip", "{\"spec\":{\"runtimeEnv\":{\"pip\":[\"no-such-package\"]}}}");
    try {
      JsonNode finding = problemOfTheZip("https://models.lab/fine.zip", "PackagesNotInstalled");

      assertThat(evidence(finding))
          .contains("ERROR: No matching distribution found for no-such-package");
    } finally {
      patch("zip", "{\"spec\":{\"runtimeEnv\":null}}");
    }
  }

  @Test
  void aPythonExceptionWithItsCompleteMessage() {
    JsonNode finding = problemOfTheZip("https://models.lab/failing.zip", "ApplicationRaised");

    assertThat(finding.path("evidence").get(0).asText())
        .isEqualTo("RuntimeError: the weights of this model are missing");
    assertThat(finding.path("details").asText())
        .contains("Traceback (most recent call last)")
        .contains("the weights of this model are missing");
  }

  /** It is only in the deployment's message, also while Serve still tries again. */
  @Test
  void anExceptionInAConstructor() {
    JsonNode finding = problemOfTheZip("https://models.lab/init.zip", "ApplicationRaised");

    assertThat(finding.path("evidence").get(0).asText())
        .isEqualTo("OSError: weights.bin is not there");
    cluster.await(
        "kro's status has the exception",
        () -> serveApplications("zip"),
        text -> text.contains("OSError: weights.bin is not there"));
  }

  private String serveApplications(String name) {
    return cluster.kubectl(
        "get",
        "rayservices.kro.run",
        name,
        "--namespace=" + TEAM,
        "-o",
        "jsonpath={.status.serveApplications}");
  }

  /** Without workers the head, which has one CPU, runs the application. */
  @Test
  void aReplicaThatNoNodeHasRoomFor() {
    patch(
        "zip",
        "{\"spec\":{\"deployments\":[{\"name\":\"WordCount\",\"rayActorOptions\":{\"numCpus\":4}}]}}");
    try {
      JsonNode finding = problemOfTheZip("https://models.lab/fine.zip", "ReplicasUnscheduled");

      assertThat(finding.path("message").asText())
          .contains("each replica needs 4 CPU, and 1 CPU is free");
      assertThat(finding.path("nextStep").asText()).contains("resources.head.cpu");
    } finally {
      patch("zip", "{\"spec\":{\"deployments\":null}}");
    }
  }

  @Test
  void anImageWithoutRayServe() {
    JsonNode finding = problem("no-serve", "ServeSilent");

    assertThat(finding.path("nextStep").asText()).contains("ray[serve]");
  }

  @Test
  void aServeConfigThatTheHeadRefuses() {
    JsonNode finding = problem("refused", "ServeConfigRefused");

    assertThat(evidence(finding)).contains("400 Bad Request").contains("import path");
  }

  /** Created first because it takes longest; its result is awaited last. */
  @Test
  @Order(1)
  void workersThatCannotReachTheHeadAndThenStartSlowly() {
    JsonNode finding = problem("apart", "WorkersNotJoining");

    assertThat(finding.path("message").asText())
        .isEqualTo("a Ray worker runs and does not join the head");
    assertThat(finding.path("nextStep").asText()).contains("6379");

    JsonNode unscheduled = problem("apart", "ReplicasUnscheduled");
    assertThat(evidence(unscheduled)).contains("to be scheduled");
    assertThat(unscheduled.path("message").asText())
        .contains(
            "each replica needs 0.1 CPU, and 0 CPU is free: Ray counts 1 CPU for each worker");

    lab.letIn(headOfApart("status.podIP"), GCS);

    service.await(TEAM + "/apart", "Running");
    assertThat(service.status(TEAM + "/apart").findValuesAsText("problem"))
        .doesNotContain("WorkersNotJoining");
    changeZip("apart", "https://models.lab/slow.zip");
    assertThat(evidence(problem("apart", "ReplicasSlow"))).contains("to initialize");
    stopDashboardOfApart();
  }

  /** Simulates a start that takes longer than Ray's timeout: Ray continues without it. */
  private void stopDashboardOfApart() {
    cluster.kubectl(
        "exec",
        "--namespace=failing-apart",
        headOfApart("metadata.name"),
        "--",
        "pkill",
        "-f",
        "dashboard.py");
  }

  /** The kubelet needs a minute to notice. The other failures are checked meanwhile. */
  @Test
  @Order(Integer.MAX_VALUE - 1)
  void aHeadWithoutItsDashboard() {
    JsonNode finding = problem("apart", "HeadNotReady");

    assertThat(finding.path("message").asText()).contains("dashboard");
    assertThat(evidence(finding)).contains("Readiness probe failed: success");
  }

  @Test
  void anExhaustedQuota() {
    awaitHead("quota");
    cluster.kubectl("create", "quota", "none", "--namespace=failing-quota", "--hard=pods=0");
    removePods("quota", "ray.io/node-type", "head");

    assertThat(evidence(problem("quota", "QuotaExceeded"))).contains("exceeded quota: none");
  }

  @Test
  void aLimitThatForbidsItsPods() {
    awaitHead("limit");
    cluster
        .client()
        .resource(
            Cluster.parse(
                """
                apiVersion: v1
                kind: LimitRange
                metadata: {name: small, namespace: failing-limit}
                spec: {limits: [{type: Container, max: {memory: 1Mi}}]}
                """))
        .create();
    removePods("limit", "ray.io/node-type", "head");

    assertThat(evidence(problem("limit", "PodForbidden")))
        .contains("maximum memory usage per Container is 1Mi");
  }

  /**
   * Waits until the node has started the pod. KubeRay misses a pod that is deleted before KubeRay
   * has seen it, until its own resync every five minutes.
   */
  private void awaitHead(String name) {
    cluster.await(
        "the node has started the head of " + name,
        () ->
            cluster.kubectl(
                "get",
                "pods",
                "--namespace=failing-" + name,
                "-o",
                "jsonpath={.items[*].status.containerStatuses}"),
        status -> !status.isBlank());
  }

  /** KubeRay creates other pods. */
  private void removePods(String name, String label, String value) {
    cluster
        .client()
        .pods()
        .inNamespace("failing-" + name)
        .withLabel(label, value)
        .withGracePeriod(0)
        .delete();
  }

  @Test
  void anImageWithoutRay() {
    JsonNode finding = problem("no-ray", "Crash");

    assertThat(evidence(finding)).contains("exit code 127").contains("ray: command not found");
  }

  @Test
  void tooLittleCpuWithTheFreeAmount() {
    problem("scarce", "NotEnoughCpu");

    JsonNode finding =
        cluster.await(
            "the free amount is reported",
            () -> service.awaitProblem(TEAM + "/scarce", "NotEnoughCpu"),
            found -> evidence(found).contains("free on the 1 emptiest of 1 nodes"));
    // The lab requests a part of each only.
    assertThat(evidence(finding))
        .contains("it asks for 64 cpu, 102Mi ephemeral-storage, 512Mi memory");
    assertThat(finding.path("message").asText()).contains("the pod scarce-");
  }

  @Test
  void tooLittleMemory() {
    assertThat(evidence(problem("memory", "NotEnoughMemory"))).contains("Insufficient memory");
  }

  @Test
  void tooFewGpus() {
    JsonNode finding = problem("gpus", "NotEnoughGpu");

    assertThat(evidence(finding)).contains("Insufficient nvidia.com/gpu");
    assertThat(finding.path("message").asText()).contains("-worker-");
  }

  @Test
  void anIngressWithoutAController() {
    JsonNode finding = problem("gpus", "NoIngressAddress");

    assertThat(finding.path("nextStep").asText()).contains("class unserved");
  }

  @Test
  void aHostThatDnsDoesNotKnow() {
    JsonNode finding = problem("gpus", "HostUnknown");

    assertThat(finding.path("message").asText())
        .isEqualTo("the host gitlab.example.com has no address in DNS");
    problem("no-shell", "NoIngressAddress");
    assertThat(service.status(TEAM + "/no-shell").path("diagnosis").findValuesAsText("problem"))
        .doesNotContain("HostUnknown");
  }

  @Test
  void anImageThatCannotBePulled() {
    JsonNode finding = problem("no-image", "ImagePull");

    assertThat(finding.path("message").asText()).contains("registry.invalid/no/such:1");
  }

  @Test
  void aContainerWithTooLittleMemory() {
    JsonNode finding = problem("tight", "OutOfMemory");

    assertThat(evidence(finding)).contains("OOMKilled");
  }

  @Test
  void anImageWithoutAShell() {
    JsonNode finding = problem("no-shell", "ContainerSetup");

    assertThat(evidence(finding)).contains("/bin/bash");
  }

  @Test
  void aMissingIngressClass() {
    JsonNode finding = problem("zip", "IngressClassMissing");

    assertThat(finding.path("message").asText()).contains("nowhere");
  }
}
