package io.github.rayservice.scaffolder.proposal;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody renamed the project: Git still works under its old path, the API redirects. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs =
        @ResourceArg(
            name = "scaffolder.gitlab.webhook.secret-token",
            value = WebhookHeaders.SECRET_TOKEN))
class MovedProjectTest extends MergeRequestScenario {
  private static final String MOVED =
      "the project moved to platform/renamed; change scaffolder.gitlab.project";

  @BeforeEach
  void move() {
    if (gitlab.mergeRequests().isEmpty()) {
      create("before").then().statusCode(201);
      gitlab.move("platform/renamed");
    }
  }

  private static void isTold(Response response) {
    response
        .then()
        .statusCode(503)
        .header("Location", nullValue())
        .body("type", equalTo("urn:rayservice-scaffolder:problem:gitlab-elsewhere"))
        .body("detail", containsString(MOVED));
  }

  @Test
  void whatIsWrittenAndWhatIsReadIsToldWhereTheProjectIs() {
    isTold(create("after"));
    isTold(create("after"));
    isTold(update("before", 7));
  }

  @Test
  void readinessSaysWhereTheProjectIs() {
    given()
        .get(ApiFixture.management("health/ready"))
        .then()
        .statusCode(503)
        .body("checks.find { it.name == 'GitLab' }.data.reason", containsString(MOVED));
  }

  @Test
  void webhooksOfTheRenamedProjectCountAndThoseOfItsSuccessorDoNot() {
    long before = looks();

    deliver(2, "platform/gitops");
    assertThat(looks()).isEqualTo(before);

    deliver(1, "platform/renamed");
    await().untilAsserted(() -> assertThat(looks()).isGreaterThan(before));
  }

  private long looks() {
    return gitlab.requests().stream().filter(r -> r.startsWith("GET /projects/")).count();
  }

  private static void deliver(int project, String path) {
    String event =
        """
        {"object_kind": "merge_request", "project": {"id": %d, "path_with_namespace": "%s"},
         "object_attributes": {"source_branch": "rayservice/team-ml/before",
           "target_branch": "main", "action": "update"}}
        """
            .formatted(project, path);
    given()
        .header("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN)
        .contentType("application/json")
        .body(event.getBytes(UTF_8))
        .post("/webhooks/gitlab")
        .then()
        .statusCode(204);
  }
}
