package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Both examples of the README, byte for byte, sent to the service one after the other: both name
 * the target namespace {@code ray-system}. The application has the shape of the real one, and its
 * packages come from an index.
 */
@ClusterTest
@ResourceLock(ClusterTest.README_EXAMPLES)
@Order(8)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReadmeExamplesTest {
  private static final String PATH = "/api/v1/ray-services";
  private static final String FIRST = "my-namespace/my-ray-service";
  private static final String SECOND = "team-ml/text-ml-service";
  private static final String TARGET = "ray-system";

  private Cluster cluster;
  private IngressNginx nginx;
  private FakeGitlab gitlab;
  private WatchingService service;

  @BeforeAll
  void start(Cluster given, Lab lab, ClusterGitRepository repository, @TempDir Path folder)
      throws IOException {
    cluster = given;
    nginx = new IngressNginx(cluster, lab);
    gitlab = repository.gitlab();
    lab.serveExample();
    cluster.createNamespace("my-namespace");
    cluster.createNamespace("team-ml");
    WatchingService.install(cluster);
    service = WatchingService.start(cluster, lab, gitlab, folder);
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
  }

  private HttpResponse<String> post(String example) throws IOException {
    String document =
        Files.readString(Path.of("src/test/resources/golden", example, "request.yaml"));
    return service
        .process()
        .send("POST", PATH, document, "Content-Type", "application/yaml")
        .join();
  }

  /** A person accepts what was proposed last. */
  private void merge(HttpResponse<String> proposal) {
    JsonNode answer = WatchingService.json(proposal.body());
    gitlab.merge(answer.path("mergeRequest").path("number").asInt());
  }

  private String translation(String host, String name) {
    nginx.sync();
    return IngressNginx.ask(host, name, "good morning everybody")
        .jsonPath()
        .getString("translation");
  }

  private void end(String team, String name) {
    String id = team + "/" + name;
    HttpResponse<String> deletion = service.process().send("DELETE", PATH + "/" + id, "").join();
    assertThat(deletion.statusCode()).as(deletion.body()).isEqualTo(202);
    merge(deletion);
    cluster.awaitGone(team, name, TARGET);
    cluster.await("the service knows nothing of " + id, () -> !service.knows(id), gone -> gone);
  }

  @Test
  @Order(1)
  void theFirstRunsAndAnswers() throws IOException {
    HttpResponse<String> created = post("readme-schema");
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(WatchingService.json(created.body()).path("warnings").findValuesAsText("field"))
        .containsExactly("spec.rayServeFile", "spec.resources.worker.memory");
    merge(created);

    service.await(FIRST, "Running");

    assertThat(translation("gitlab.example.com", "my-service")).isEqualTo("bonjour");
  }

  @Test
  @Order(2)
  void theSecondIsToldWhoHoldsItsNamespace() throws IOException {
    HttpResponse<String> refused = post("readme-example");

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
    assertThat(WatchingService.json(refused.body()).path("heldBy").path("name").asText())
        .isEqualTo("my-ray-service");
  }

  @Test
  @Order(3)
  void theSecondRunsAfterTheFirst() throws IOException {
    end("my-namespace", "my-ray-service");
    HttpResponse<String> created = post("readme-example");
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    merge(created);

    service.await(SECOND, "Running");

    assertThat(translation("gitlab.company.com", "text-ml")).isEqualTo("bonjour");
    end("team-ml", "text-ml-service");
  }
}
