package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * GitLab itself delivers: what people do there is known here without polling. The bounds only end
 * tests that would wait for ever.
 */
@QuarkusTest
@Timeout(120)
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(
          name = "scaffolder.gitlab.webhook.signing-token",
          value = WebhookHeaders.SIGNING_TOKEN),
      @ResourceArg(name = "scaffolder.git.staleness", value = "10M")
    })
class WebhookDeliveriesTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI service;

  private String hook = "";

  @BeforeEach
  void addWebhook() {
    int id =
        api()
            .contentType("application/json")
            .body(
                Map.of(
                    "url",
                    service.resolve("/webhooks/gitlab").toString(),
                    "merge_requests_events",
                    true))
            .post("/hooks")
            .then()
            .statusCode(201)
            .extract()
            .path("id");
    gitlab.sign(id);
    hook = "/hooks/" + id;
  }

  @AfterEach
  void removeWebhook() {
    api().delete(hook).then().statusCode(204);
  }

  private RequestSpecification api() {
    return given()
        .baseUri(gitlab.url())
        .port(URI.create(gitlab.url()).getPort())
        .basePath("/api/v4/projects/1")
        .header("PRIVATE-TOKEN", FakeGitlab.TOKEN);
  }

  private static int propose(String name) {
    return json(minimal("team-ml", name))
        .post(PATH)
        .then()
        .statusCode(201)
        .extract()
        .path("mergeRequest.number");
  }

  private boolean hasBranch(String name) {
    return !gitlab.git().run("for-each-ref", "refs/heads/rayservice/team-ml/" + name).isEmpty();
  }

  private JsonPath events() {
    return api().get(hook + "/events?per_page=100").then().statusCode(200).extract().jsonPath();
  }

  /** Answers to deliveries, newest first; an empty one is still under way. */
  private List<String> answers() throws InterruptedException {
    List<String> answers = events().getList("response_status");
    while (answers.contains("")) {
      Thread.sleep(20);
      answers = events().getList("response_status");
    }
    return answers;
  }

  @Test
  void actionsOfPeopleAreDelivered() throws InterruptedException {
    int number = propose("merged");
    gitlab.merge(number);
    assertThat(answers()).isNotEmpty().containsOnly("204");
    assertThat(events().getList("request_data", String.class))
        .as("the push to main names the files of its commits")
        .anyMatch(data ->
            data.contains("\"ref\":\"refs/heads/main\"")
                && data.contains(
                    "\"added\":[\"rayservices/team-ml/merged/catalog-info.yaml\","
                        + "\"rayservices/team-ml/merged/rayservice.yaml\"]"));
    given()
        .get(PATH + "/team-ml/merged")
        .then()
        .body("status.branch", equalTo("main"))
        .body("status.proposal.mergeRequest.state", equalTo("merged"));

    gitlab.close(propose("closed"));

    while (hasBranch("closed")) {
      Thread.sleep(20);
    }
  }

  @Test
  void aLostDeliveryTakesEffectWhenItIsSentAgain() throws InterruptedException {
    // From the first on: one that arrives may still be worked on when the next thing happens.
    gitlab.unreachable(Integer.MAX_VALUE);
    gitlab.close(propose("lost"));
    assertThat(answers().getFirst()).isEqualTo("internal error");
    assertThat(hasBranch("lost")).isTrue();
    int event = events().getInt("[0].id");
    gitlab.unreachable(0);

    resend(event);

    while (hasBranch("lost")) {
      Thread.sleep(20);
    }
  }

  private void resend(int event) {
    api()
        .post(hook + "/events/" + event + "/resend")
        .then()
        .statusCode(201)
        .body("response_status", equalTo("204"));
  }

  @Test
  void aWebhookThatRestedIsHeardAgain() throws InterruptedException {
    gitlab.unreachable(Integer.MAX_VALUE);
    int first = propose("resting");
    gitlab.close(first);
    gitlab.reopen(first);
    gitlab.close(first);
    answers();
    api().get(hook).then().body("alert_status", equalTo("temporarily_disabled"));
    int heard = events().getList("id").size();
    gitlab.reopen(first);
    gitlab.close(first);
    assertThat(events().getList("id")).hasSize(heard);
    assertThat(hasBranch("resting")).isTrue();

    gitlab.unreachable(0);
    gitlab.pass(Duration.ofHours(1));
    gitlab.close(propose("awake"));

    while (hasBranch("awake")) {
      Thread.sleep(20);
    }
    api().get(hook).then().body("alert_status", equalTo("executable"));
  }
}
