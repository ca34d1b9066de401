package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What tests of merge requests ask of the service and of the GitLab fake. */
abstract class MergeRequestScenario {
  static final String TEAM = "team-ml";
  static final FakeGitlab.Failure FAILURE =
      new FakeGitlab.Failure(
          500, "application/json", "{\"message\":\"500 Internal Server Error\"}");

  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @AfterEach
  void sound() {
    gitlab.git().check();
  }

  List<JsonNode> of(String name) {
    return gitlab.mergeRequests().stream()
        .filter(mr -> mr.path("source_branch").asText().equals("rayservice/" + TEAM + "/" + name))
        .toList();
  }

  static Response create(String name) {
    return json(minimal(TEAM, name)).post(PATH);
  }

  static Response update(String name, int replicas) {
    return json(withReplicas(TEAM, name, replicas)).put(PATH + "/" + TEAM + "/" + name);
  }

  List<String> commits(String name) {
    return gitlab.git().lines("log", "--format=%s", "main..rayservice/" + TEAM + "/" + name);
  }
}
