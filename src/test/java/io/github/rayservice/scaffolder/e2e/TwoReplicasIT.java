package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processes of the service on one project of GitLab. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class TwoReplicasIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/api/v1/ray-services";

  private FakeGitlab gitlab;
  private List<ServiceProcess> replicas;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    replicas = new ArrayList<>();
    for (int n = 0; n < 2; n++) {
      replicas.add(
          ServiceProcess.start(
              Files.createDirectories(folder.resolve("service-" + n)),
              Map.of(
                  "scaffolder.gitlab.url",
                  gitlab.url(),
                  "scaffolder.gitlab.project",
                  FakeGitlab.PROJECT,
                  "scaffolder.gitlab.poll-interval",
                  "off"),
              Map.of("scaffolder.gitlab.token", FakeGitlab.TOKEN)));
    }
  }

  @AfterAll
  void stop() {
    replicas.forEach(ServiceProcess::close);
    gitlab.close();
    gitlab.git().check();
  }

  private CompletableFuture<HttpResponse<String>> create(
      int replica, String namespace, String name, String... headers) {
    ObjectNode document = FormFixture.minimal(namespace, name);
    document.withObject("/spec").put("name", namespace + "-" + name);
    return replicas.get(replica).send("POST", PATH, document.toString(), headers);
  }

  private List<JsonNode> mergeRequests(String branch) {
    return gitlab.mergeRequests().stream()
        .filter(mr -> mr.path("source_branch").asText().equals(branch))
        .toList();
  }

  private static HttpResponse<String> created(CompletableFuture<HttpResponse<String>> answer)
      throws Exception {
    HttpResponse<String> created = answer.get(60, TimeUnit.SECONDS);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return created;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSameRequestAtOnceThroughBothIsOneMergeRequest(boolean withKey) throws Exception {
    String name = withKey ? "with-key" : "without-key";
    String[] headers = withKey ? new String[] {"Idempotency-Key", "one"} : new String[0];

    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      answers.add(create(n % 2, "team-ml", name, headers));
    }

    JsonNode first = JSON.readTree(created(answers.getFirst()).body());
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(JSON.readTree(created(answer).body())).isEqualTo(first);
    }
    String branch = "rayservice/team-ml/" + name;
    assertThat(mergeRequests(branch)).hasSize(1);
    assertThat(first.at("/mergeRequest/number").asInt())
        .isEqualTo(mergeRequests(branch).getFirst().path("iid").asInt());
    assertThat(gitlab.git().lines("log", "--format=%H", "main.." + branch))
        .containsExactly(first.path("commit").asText());
  }

  @Test
  void theSameNameInAnotherNamespaceIsAnotherMergeRequest() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers =
        List.of(create(0, "team-a", "same"), create(1, "team-b", "same"));

    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      created(answer);
    }

    for (String team : List.of("team-a", "team-b")) {
      String branch = "rayservice/" + team + "/same";
      assertThat(mergeRequests(branch)).hasSize(1);
      assertThat(gitlab.git().lines("diff", "--name-only", "main..." + branch))
          .isNotEmpty()
          .allMatch(path -> path.startsWith("rayservices/" + team + "/same/"));
    }
  }
}
