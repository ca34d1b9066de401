package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.WebhookEvent;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.Fork;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever may read the project may fork it, and open merge requests from branches of any name. The
 * fake lists them at the project, as GitLab does.
 */
@QuarkusTest
@WithTestResource(value = GitlabResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class ForkTest extends MergeRequestScenario {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static int forks;

  @Inject MergeRequestSweep sweep;
  @Inject MergeRequestSync sync;
  @Inject WebhookHandler webhooks;

  enum End {
    OPEN,
    CLOSED_AT_OUR_COMMIT,
    MERGED
  }

  @AfterEach
  void likeBefore() {
    gitlab.knowSourceProject(true);
  }

  private Fork fork() throws IOException {
    return gitlab.fork("stranger/gitops-" + forks++);
  }

  private static String branch(String name) {
    return "rayservice/" + TEAM + "/" + name;
  }

  private JsonNode mergeRequest(int number) {
    return gitlab.mergeRequests().get(number - 1);
  }

  private void end(Fork fork, String branch, int theirs, End end) {
    switch (end) {
      case OPEN -> {}
      case CLOSED_AT_OUR_COMMIT -> gitlab.close(theirs);
      case MERGED -> {
        String tree = fork.git().run("rev-parse", "main^{tree}");
        String commit = fork.git().run("commit-tree", "-p", "main", "-m", "Theirs", tree);
        fork.git().run("update-ref", "refs/heads/" + branch, commit);
        gitlab.merge(theirs);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aForksMergeRequestChangesNothing(End end) throws IOException {
    gitlab.knowSourceProject(false);
    String name = "forked-" + end.name().toLowerCase(Locale.ROOT).replace('_', '-');
    String branch = branch(name);
    int ours = create(name).then().statusCode(201).extract().path("mergeRequest.number");
    String tip = gitlab.git().run("rev-parse", branch);
    Fork fork = fork();
    fork.copy(branch);
    int theirs = fork.open(branch);
    end(fork, branch, theirs, end);

    sweep.sweep();
    sync.look(new RayServiceId(TEAM, name));

    assertThat(gitlab.git().run("rev-parse", branch)).isEqualTo(tip);
    given()
        .get(PATH + "/" + TEAM + "/" + name)
        .then()
        .statusCode(200)
        .body("status.phase", equalTo("Proposed"))
        .body("status.proposal.mergeRequest.number", equalTo(ours))
        .body("status.proposal.mergeRequest.state", equalTo("opened"));
    json(minimal(TEAM, "rival").replace("team-ml-rival", "team-ml-" + name))
        .post(PATH)
        .then()
        .statusCode(409)
        .body("heldBy.name", equalTo(name));
    update(name, 6).then().statusCode(202).body("mergeRequest.number", equalTo(ours));
    assertThat(mergeRequest(ours).path("description").asText()).contains("| `replicas` | `6` |");
    assertThat(mergeRequest(theirs).path("title").asText()).isEqualTo("Of a fork");
    assertThat(mergeRequest(theirs).path("description").asText()).isEmpty();
    assertThat(mergeRequest(theirs).path("labels")).isEmpty();
  }

  /** One page has 20. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ourMergeRequestIsFoundBehindThoseOfForks(boolean narrowed) throws IOException {
    String name = "behind-" + narrowed;
    int ours = create(name).then().statusCode(201).extract().path("mergeRequest.number");
    Fork fork = fork();
    fork.copy(branch(name));
    for (int n = 0; n < 21; n++) {
      gitlab.close(fork.open(branch(name)));
    }
    gitlab.knowSourceProject(narrowed);
    int before = gitlab.requests().size();

    update(name, 5).then().statusCode(202).body("mergeRequest.number", equalTo(ours));

    assertThat(
            gitlab.requests().subList(before, gitlab.requests().size()).stream()
                .filter(request -> request.endsWith("/merge_requests")))
        .hasSize(narrowed ? 1 : 2);
  }

  @Test
  void aMergeRequestInTheWayThatIsNotOursIsAConflict() throws IOException {
    Fork fork = fork();
    int[] theirs = {0};
    int[] pushes = {1};
    gitlab.afterPush(() -> {
      if (pushes[0]-- == 1) {
        fork.copy(branch("in-the-way"));
        theirs[0] = fork.open(branch("in-the-way"));
        gitlab.fail(
            "POST /projects/",
            1,
            new FakeGitlab.Failure(
                409,
                "application/json",
                "{\"message\":[\"Another open merge request already exists for this source branch: !%d\"]}"
                    .formatted(theirs[0])));
      }
    });

    create("in-the-way")
        .then()
        .statusCode(409)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:merge-request-exists"))
        .body("detail", containsString("for this source branch: !" + theirs[0]));

    assertThat(mergeRequest(theirs[0]).path("title").asText()).isEqualTo("Of a fork");
    assertThat(mergeRequest(theirs[0]).path("labels")).isEmpty();
    create("in-the-way").then().statusCode(201).body("mergeRequest.state", equalTo("opened"));
  }

  @Test
  void anEventOfAForkIsNotAboutUs() throws JsonProcessingException {
    String event =
        """
        {"object_kind": "merge_request", "project": {"path_with_namespace": "platform/gitops"},
         "object_attributes": {"source_branch": "rayservice/team-ml/x", "target_branch": "main",
           "source_project_id": %d, "target_project_id": 1}}
        """;

    assertThat(webhooks.accept(JSON.readValue(event.formatted(2), WebhookEvent.class))).isFalse();
    assertThat(webhooks.accept(JSON.readValue(event.formatted(1), WebhookEvent.class))).isTrue();
  }
}
