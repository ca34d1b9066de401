package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** A proxy that decodes %2F does no harm to a project that is named by its number. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(name = "scaffolder.gitlab.project", value = "1"),
      @ResourceArg(name = "scaffolder.gitlab.repository", value = "{gitlab}/platform/gitops.git"),
      @ResourceArg(
          name = "scaffolder.gitlab.webhook.secret-token",
          value = WebhookHeaders.SECRET_TOKEN)
    })
class ProjectNumberTest extends MergeRequestScenario {
  @Test
  void everyCallAndWebhookWorksWithoutThePath() {
    int number = create("numbered").then().statusCode(201).extract().path("mergeRequest.number");
    given()
        .get(PATH + "/" + TEAM + "/numbered")
        .then()
        .body(
            "status.proposal.mergeRequest.url",
            containsString("/platform/gitops/-/merge_requests/" + number));
    given()
        .get(ApiFixture.management("health/ready"))
        .then()
        .statusCode(200)
        .body("checks.find { it.name == 'GitLab' }.data.project", equalTo("platform/gitops"));
    gitlab.close(number);

    given()
        .header("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN)
        .contentType("application/json")
        .body(
            """
            {"object_kind": "merge_request",
             "project": {"id": 1, "path_with_namespace": "platform/gitops"},
             "object_attributes": {"source_branch": "rayservice/team-ml/numbered",
               "target_branch": "main", "action": "close"}}
            """
                .getBytes(UTF_8))
        .post("/webhooks/gitlab")
        .then()
        .statusCode(204);

    await()
        .untilAsserted(() ->
            assertThat(gitlab.git().run("for-each-ref", "refs/heads/rayservice/"))
                .doesNotContain("numbered"));
    assertThat(gitlab.requests()).noneMatch(call -> call.contains("%2F"));
  }
}
