package io.github.rayservice.scaffolder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.FakeGitlab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
      List.of("missing", "plain", "broken", "scarce", "no-image", "tight", "no-shell");

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
    service = WatchingService.start(cluster, lab, gitlab, directory.resolve("service"));
    create("missing", "rayServeFile: https://models.lab/not-there.zip");
    create("plain", "rayServeFile: https://models.lab/plain.zip");
    create("broken", "rayServeFile: https://models.lab/trouble.zip");
    create("scarce", "resources: {head: {cpu: '64'}}");
    create("no-image", "ray: {image: 'registry.invalid/no/such:1'}");
    create("tight", "resources: {head: {memory: 48Mi}}");
    create("no-shell", "ray: {image: 'registry.local/pause:1'}");
  }

  private void create(String name, String field) {
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: trouble-%1$s
              replicas: 0
              ingress: {className: nowhere}
              gitlab: {hostname: gitlab.example.com, username: ml-team}
              %3$s
            """
                .formatted(name, TEAM, field)));
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
