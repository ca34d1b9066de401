package io.github.rayservice.scaffolder.deploy;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** Commits to the branch of a GitLab project, without merge requests. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = @ResourceArg(name = "scaffolder.gitlab.mode", value = "direct"))
class DirectModeTest {
  private static final String ONE = PATH + "/team-ml/one";

  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @Test
  void everyWriteIsACommitOnTheBranch() {
    json(minimal("team-ml", "one"))
        .post(PATH)
        .then()
        .statusCode(201)
        .body("branch", equalTo("main"))
        .body("mergeRequest", nullValue());
    json(withReplicas("team-ml", "one", 7)).put(ONE).then().statusCode(200);
    get(ONE).then().body("spec.replicas", equalTo(7)).body("status.branch", equalTo("main"));

    given().delete(ONE).then().statusCode(200);

    get(ONE).then().statusCode(404);
    assertThat(gitlab.git().lines("log", "--format=%s", "-3", "main"))
        .containsExactly(
            "Delete Ray Service team-ml/one",
            "Update Ray Service team-ml/one",
            "Create Ray Service team-ml/one");
    assertThat(gitlab.mergeRequests()).isEmpty();
    assertThat(gitlab.git().lines("branch", "--format=%(refname:short)")).containsExactly("main");
  }

  @Test
  void anUnchangedAnswerIsNotSentAgain() {
    String unchanged = PATH + "/team-ml/unchanged";
    json(minimal("team-ml", "unchanged")).post(PATH).then().statusCode(201);
    // Until the status has read the write, each answer derives the phase again.
    while (!get(unchanged).header("ETag").equals(get(unchanged).header("ETag"))) {}
    String tag = get(unchanged).header("ETag");

    given().header("If-None-Match", tag).get(unchanged).then().statusCode(304);
    json(withReplicas("team-ml", "unchanged", 5)).put(unchanged).then().statusCode(200);
    given().header("If-None-Match", tag).get(unchanged).then().statusCode(200);
  }
}
