package io.github.rayservice.scaffolder.deploy.sync;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.EventStream;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens on GitLab is on the event stream without any timer: none runs here, and what was
 * read of Git counts as fresh for longer than the test takes.
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
class WakeTest {
  private static final FakeGitlab.Failure AWAY =
      new FakeGitlab.Failure(500, "application/json", "{\"message\":\"500\"}");

  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI service;

  private final List<Integer> hooks = new ArrayList<>();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  private EventStream events() throws Exception {
    EventStream events = new EventStream(service.resolve("/api/v1/events").toString(), "");
    while (!"complete".equals(events.next().get("event"))) {}
    return events;
  }

  private static int propose(String name) {
    return json(minimal("team-ml", name))
        .post(PATH)
        .then()
        .statusCode(201)
        .extract()
        .path("mergeRequest.number");
  }

  private RequestSpecification gitlabApi() {
    return given()
        .baseUri(gitlab.url())
        .port(URI.create(gitlab.url()).getPort())
        .basePath("/api/v4/projects/1")
        .header("PRIVATE-TOKEN", FakeGitlab.TOKEN);
  }

  private void addWebhook(String kind) {
    int id =
        gitlabApi()
            .contentType("application/json")
            .body(Map.of("url", service.resolve("/webhooks/gitlab").toString(), kind, true))
            .post("/hooks")
            .then()
            .statusCode(201)
            .extract()
            .path("id");
    gitlab.sign(id);
    hooks.add(id);
  }

  @AfterEach
  void removeWebhooks() {
    hooks.forEach(id -> gitlabApi().delete("/hooks/" + id).then().statusCode(204));
    hooks.clear();
  }

  @Test
  void aWriteIsOnTheStreamAtOnce() throws Exception {
    try (EventStream events = events()) {
      propose("written");

      events.skipTo("\"name\":\"written\"", "\"phase\":\"Proposed\"");
    }
  }

  @Test
  void aMergeIsOnTheStreamAtOnce() throws Exception {
    addWebhook("merge_requests_events");
    int number = propose("merged");
    try (EventStream events = events()) {
      gitlab.merge(number);

      events.skipTo("\"name\":\"merged\"", "\"phase\":\"Accepted\"", "\"version\":");
    }
  }

  /** Git tells that it is merged, though GitLab cannot be asked which merge request it was. */
  @Test
  void aMergeIsOnTheStreamAlsoWhileGitlabsApiFails() throws Exception {
    addWebhook("merge_requests_events");
    int number = propose("failing");
    try (EventStream events = events()) {
      gitlab.fail("GET /projects/platform%2Fgitops/merge_requests", 1000, AWAY);

      gitlab.merge(number);
      events.skipTo("\"name\":\"failing\"", "\"phase\":\"Accepted\"", "\"version\":");
    } finally {
      gitlab.fail("GET /projects/platform%2Fgitops/merge_requests", 0, AWAY);
    }
  }

  @Test
  void aReadAfterAClosingAndAMergeFindsTheRayService() {
    int number = propose("regretted");
    gitlab.close(number);
    given()
        .get(PATH + "/team-ml/regretted")
        .then()
        .body("status.proposal.mergeRequest.state", equalTo("closed"));
    gitlab.reopen(number);
    gitlab.merge(number);

    given()
        .get(PATH + "/team-ml/regretted")
        .then()
        .statusCode(200)
        .body("status.branch", equalTo("main"))
        .body("status.proposal.mergeRequest.state", equalTo("merged"));
  }

  @Test
  void aPushIsOnTheStreamAtOnce() throws Exception {
    gitlab.merge(propose("removed"));
    // A read asks GitLab, so that the merge is known.
    given()
        .get(PATH + "/team-ml/removed")
        .then()
        .body("status.proposal.mergeRequest.state", equalTo("merged"));
    GitCommand person = gitlab.git().cloneInto(folder.resolve("person"));
    try (EventStream events = events()) {
      person.run("rm", "-q", "-r", "rayservices/team-ml/removed");
      person.publish("Remove it by hand");
      byte[] push =
          """
          {"object_kind": "push", "ref": "refs/heads/main", "project": {"path_with_namespace": "%s"}}
          """
              .formatted(FakeGitlab.PROJECT)
              .getBytes(UTF_8);
      given()
          .headers(WebhookHeaders.signed("push", Instant.now(), push))
          .contentType("application/json")
          .body(push)
          .post("/webhooks/gitlab")
          .then()
          .statusCode(204);

      while (!events.next().toString().contains("gone")) {}
    }
  }

  @Test
  void aNotificationOfArgoCdIsALookAtGit() throws Exception {
    gitlab.merge(propose("notified"));
    try (EventStream events = events()) {
      notifyOf("notified");

      events.skipTo("\"name\":\"notified\"", "\"phase\":\"Accepted\"", "\"version\":");
    }
  }

  /** A commit of many Ray Services makes Argo CD say something of each. */
  @Test
  void aHundredNotificationsAreFewLooks() throws Exception {
    gitlab.merge(propose("crowd"));
    try (EventStream events = events()) {
      gitlab.server().forgetRequests();
      for (int i = 0; i < 100; i++) {
        notifyOf("crowd-" + i);
      }

      events.skipTo("\"name\":\"crowd\"", "\"phase\":\"Accepted\"", "\"version\":");
    }
    // Another look for each second that the loop may take on a busy machine.
    assertThat(gitlab.server().requests().stream().filter(request -> request.startsWith("GET")))
        .hasSizeLessThan(20);
  }

  private static void notifyOf(String name) {
    given()
        .contentType("application/json")
        .body("{\"application\":\"ray.team-ml.%s\"}".formatted(name))
        .post("/webhooks/argocd")
        .then()
        .statusCode(204);
  }
}
