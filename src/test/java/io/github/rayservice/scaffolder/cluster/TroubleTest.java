package io.github.rayservice.scaffolder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.FakeGitlab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on a real cluster, in the service's words. All of it goes wrong at once. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TroubleTest {
  private static final String TEAM = "team-trouble";
  private static final List<String> ALL =
      List.of(
          "missing",
          "plain",
          "broken",
          "tls",
          "scarce",
          "memory",
          "gpus",
          "no-image",
          "tight",
          "no-shell",
          "unserved");

  private Cluster cluster;
  private FakeGitlab gitlab;
  private WatchingService service;

  @BeforeAll
  void makeTrouble(Cluster given, Lab lab, @TempDir Path directory) throws IOException {
    cluster = given;
    lab.serveModel("trouble.zip", "broken-model");
    lab.serveModel("fine.zip", "model");
    lab.serveText("plain.zip", "This is no zip.\n");
    WatchingService.install(cluster);
    gitlab = FakeGitlab.start(directory.resolve("gitlab"));
    service =
        WatchingService.start(
            cluster,
            lab,
            gitlab,
            directory.resolve("service"),
            Map.of("jdk.net.hosts.file", hosts(directory)));
    cluster.kubectl("apply", "-f", unservedClass(directory));
    create("missing", "rayServeFile: https://models.lab/not-there.zip");
    create("plain", "rayServeFile: https://models.lab/plain.zip");
    create("broken", "rayServeFile: https://models.lab/trouble.zip");
    // The API server's certificate is for kubernetes.default.svc.
    create("tls", "rayServeFile: https://kubernetes.default/application.zip");
    create("scarce", "resources: {head: {cpu: '64'}}");
    create("memory", "resources: {head: {memory: 900Gi}}");
    create("gpus", "resources: {worker: {gpu: 9}}", "replicas: 1");
    create("no-image", "ray: {image: 'registry.invalid/no/such:1'}");
    create("tight", "resources: {head: {memory: 48Mi}}");
    create(
        "no-shell",
        "ray: {image: 'registry.local/pause:1'}",
        "ingress: {className: unserved, host: known.example.com}");
    create("unserved", "ingress: {className: unserved}");
  }

  /** All that the service can resolve; what the machine's own resolver says differs. */
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
    StringBuilder document =
        new StringBuilder(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: trouble-%1$s
              gitlab: {hostname: gitlab.example.com, username: ml-team}
            """
                .formatted(name, TEAM));
    Map<String, String> all = new LinkedHashMap<>();
    all.put("replicas", "replicas: 0");
    all.put("ingress", "ingress: {className: nowhere}");
    for (String field : fields) {
      all.put(field.substring(0, field.indexOf(':')), field);
    }
    all.values().forEach(field -> document.append("  ").append(field).append('\n'));
    cluster.create(Cluster.parse(document.toString()));
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
    ALL.forEach(name -> cluster.awaitGone(TEAM, name, "trouble-" + name));
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

  @Test
  void aZipThatIsNotThere() {
    JsonNode finding = problem("missing", "ZipNotFound");

    assertThat(evidence(finding)).contains("404").contains("https://models.lab/not-there.zip");
    assertThat(service.await(TEAM + "/missing", "Failed").path("message").asText()).contains("404");
  }

  @Test
  void aFileThatIsNoZip() {
    JsonNode finding = problem("plain", "NotAZip");

    assertThat(finding.path("details").asText()).contains("Traceback");
  }

  @Test
  void aPythonExceptionWithItsWholeText() {
    JsonNode finding = problem("broken", "ServeDeployFailed");

    assertThat(finding.path("evidence").get(0).asText())
        .isEqualTo("RuntimeError: the weights of this model are missing");
    assertThat(finding.path("details").asText())
        .contains("Traceback (most recent call last)")
        .contains("the weights of this model are missing");
  }

  @Test
  void tooLittleCpuAndHowMuchIsFree() {
    problem("scarce", "NotEnoughCpu");

    JsonNode finding =
        cluster.await(
            "how much is free is said",
            () -> service.awaitProblem(TEAM + "/scarce", "NotEnoughCpu"),
            found -> evidence(found).contains("free on the 1 emptiest of 1 nodes"));
    // The lab makes a tenth of it.
    assertThat(evidence(finding)).contains("it asks for 6400m cpu, 2Gi memory");
    assertThat(finding.path("message").asText()).contains("the pod scarce-");
  }

  @Test
  void aCertificateForAnotherName() {
    JsonNode finding = problem("tls", "ZipTls");

    assertThat(evidence(finding)).contains("CERTIFICATE_VERIFY_FAILED");
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
  void anIngressThatNobodyServes() {
    JsonNode finding = problem("unserved", "NoIngressAddress");

    assertThat(finding.path("nextStep").asText()).contains("class unserved");
  }

  @Test
  void aHostThatDnsDoesNotKnow() {
    JsonNode finding = problem("unserved", "HostUnknown");

    assertThat(finding.path("message").asText())
        .isEqualTo("the host gitlab.example.com has no address in DNS");
    problem("no-shell", "NoIngressAddress");
    assertThat(service.status(TEAM + "/no-shell").path("diagnosis").findValuesAsText("problem"))
        .doesNotContain("HostUnknown");
  }

  @Test
  void anImageThatCannotBeHad() {
    JsonNode finding = problem("no-image", "ImagePull");

    assertThat(finding.path("message").asText()).contains("registry.invalid/no/such:1");
  }

  @Test
  void aContainerWithTooLittleMemory() {
    JsonNode finding = problem("tight", "OutOfMemory");

    assertThat(evidence(finding)).contains("OOMKilled");
  }

  @Test
  void anImageThatHoldsNoShell() {
    JsonNode finding = problem("no-shell", "ContainerSetup");

    assertThat(evidence(finding)).contains("/bin/bash");
  }

  @Test
  void anIngressClassThatIsNotThere() {
    JsonNode finding = problem("missing", "IngressClassMissing");

    assertThat(finding.path("message").asText()).contains("nowhere");
  }
}
