package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a platform may want of every merge request, all of it wanted. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(name = "scaffolder.gitlab.auto-merge", value = "true"),
      @ResourceArg(name = "scaffolder.gitlab.auto-merge-patience", value = "4s"),
      @ResourceArg(name = "scaffolder.gitlab.reviewers", value = "ann,nobody"),
      @ResourceArg(name = "scaffolder.gitlab.assignee", value = "bob"),
      @ResourceArg(
          name = "scaffolder.catalog.backstage-url",
          value = "https://backstage.example.com"),
      @ResourceArg(name = "scaffolder.catalog.argocd-url", value = "https://argocd.example.com/"),
    })
class AutoMergeTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @AfterEach
  void likeBefore() {
    gitlab.merging().prepare(0);
    gitlab.merging().allow(true);
    gitlab.merging().needPipeline(false);
  }

  private static ValidatableResponse create(String name) {
    return json(minimal("team-ml", name)).post(PATH).then().statusCode(201);
  }

  private JsonNode only(String name) {
    return gitlab.mergeRequests().stream()
        .filter(mr -> mr.path("source_branch").asText().endsWith("/" + name))
        .reduce((a, b) -> {
          throw new AssertionError("two for " + name);
        })
        .orElseThrow();
  }

  @Test
  void whatCanBeMergedIsMerged() {
    create("at-once").body("mergeRequest.state", equalTo("merged"));

    given()
        .get(PATH + "/team-ml/at-once")
        .then()
        .statusCode(200)
        .body("status.branch", equalTo("main"));
  }

  @Test
  void theMergeRequestNamesPeopleAndPages() {
    create("people")
        .body(
            "links.backstage",
            equalTo("https://backstage.example.com/catalog/team-ml/component/people"));

    JsonNode mr = only("people");
    assertThat(mr.path("reviewers").findValuesAsText("username")).containsExactly("ann");
    assertThat(mr.path("assignees").findValuesAsText("username")).containsExactly("bob");
    assertThat(mr.path("description").asText())
        .contains("- Backstage: <https://backstage.example.com/catalog/team-ml/component/people>")
        .contains("- Argo CD: <https://argocd.example.com/applications/");
  }

  @Test
  void autoMergeIsRetriedWhileGitlabPreparesTheMergeRequest() {
    gitlab.merging().prepare(2);

    create("preparing").body("mergeRequest.state", equalTo("merged"));

    long wishes =
        gitlab.requests().stream()
            .filter(r -> r.endsWith("/" + only("preparing").path("iid").asInt() + "/merge"))
            .count();
    assertThat(wishes).isEqualTo(3);
  }

  @Test
  void aRunningPipelineIsLeftToGitlab() {
    gitlab.merging().before(() -> gitlab.pipeline(gitlab.mergeRequests().size(), "running"));

    create("pipeline")
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.autoMerge", equalTo(true))
        .body("mergeRequest.autoMergeProblem", equalTo(null));
    given()
        .get(PATH + "/team-ml/pipeline")
        .then()
        .body("status.proposal.mergeRequest.pipeline.status", equalTo("running"))
        .body("status.proposal.mergeRequest.pipeline.url", containsString("/-/pipelines/77"))
        .body("status.proposal.mergeRequest.waitsFor", equalTo("its pipeline is still running"));
    given()
        .get(PATH)
        .then()
        .body(
            "items.find { it.metadata.name == 'pipeline' }.mergeRequest.state", equalTo("opened"));
  }

  /** In projects without pipelines such a GitLab refuses auto-merge for ever. */
  @Test
  void whatAnOlderGitlabRefusesToMergeLaterIsMergedNow() {
    gitlab.merging().needPipeline(true);

    create("no-pipeline")
        .body("mergeRequest.state", equalTo("merged"))
        .body("mergeRequest.autoMergeProblem", equalTo(null));
  }

  @Test
  void aBranchThatMovedBeforeTheMergeIsNotMerged() {
    gitlab
        .merging()
        .before(() -> {
          String branch = "refs/heads/rayservice/team-ml/moved";
          String tip = gitlab.git().run("rev-parse", branch);
          String other =
              gitlab.git().run("commit-tree", "-p", tip, "-m", "By somebody else", tip + "^{tree}");
          gitlab.git().run("update-ref", branch, other);
        });

    create("moved")
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.autoMergeProblem", containsString("its branch has moved on"));

    // The same again is answered, and merges no more than it did.
    create("moved")
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.autoMergeProblem", containsString("its branch has moved on"));
    assertThat(only("moved").path("state").asText()).isEqualTo("opened");
    assertThat(gitlab.git().run("ls-tree", "-r", "--name-only", "main")).doesNotContain("moved");
  }

  @Test
  void aTokenThatMayNotMergeIsToldApartFromOneThatIsWrong() {
    gitlab.merging().allow(false);

    create("not-allowed")
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.autoMergeProblem", containsString("the token may not merge"));
  }
}
