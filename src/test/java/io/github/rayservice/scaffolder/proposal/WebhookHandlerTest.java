package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Polling is off here: what is known came with a webhook. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(
          name = "scaffolder.gitlab.webhook.signing-token",
          value = WebhookHeaders.SIGNING_TOKEN),
      @ResourceArg(
          name = "scaffolder.gitlab.webhook.secret-token",
          value = WebhookHeaders.SECRET_TOKEN),
      // Only a webhook tells before this that something was pushed.
      @ResourceArg(name = "scaffolder.git.staleness", value = "10M")
    })
class WebhookHandlerTest {
  private static final String WEBHOOK = "/webhooks/gitlab";

  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URI service;

  private static String event(String name, String action) {
    return """
    {"object_kind": "merge_request", "project": {"path_with_namespace": "platform/gitops"},
     "object_attributes": {"source_branch": "rayservice/team-ml/%s", "target_branch": "main",
       "action": "%s"}}
    """
        .formatted(name, action);
  }

  private static ValidatableResponse deliver(Map<String, String> headers, String body) {
    return given()
        .headers(headers)
        .contentType("application/json")
        .body(body.getBytes(UTF_8))
        .post(WEBHOOK)
        .then();
  }

  private static Map<String, String> signed(String body) {
    return new HashMap<>(
        WebhookHeaders.signed(UUID.randomUUID().toString(), Instant.now(), body.getBytes(UTF_8)));
  }

  private static void delivered(String body) {
    deliver(signed(body), body).statusCode(204);
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

  /** The bound only ends a test that would wait for ever. */
  @Test
  @Timeout(120)
  void aClosedProposalIsTidiedUpWhenTheWebhookSaysSo() throws InterruptedException {
    int number = propose("closed");
    gitlab.close(number);

    delivered(event("closed", "close"));

    while (hasBranch("closed")) {
      Thread.sleep(20);
    }
  }

  @Test
  void aPushByOthersIsSeenAtOnce() {
    pushByHand("by-hand");

    delivered(
        "{\"object_kind\": \"push\", \"ref\": \"refs/heads/main\", \"project\": {\"path_with_namespace\": \"platform/gitops\"}}");

    given().get(PATH).then().body(containsString("by-hand"));
  }

  @Test
  void aNotificationOfArgoCdReadsTheBranch() {
    pushByHand("synced");

    given()
        .contentType("application/json")
        .body("{\"namespace\": \"team-other\", \"name\": \"synced\", \"sync\": \"Synced\"}")
        .post("/webhooks/argocd")
        .then()
        .statusCode(204);

    await().untilAsserted(() -> given().get(PATH).then().body(containsString("synced")));
  }

  /** Makes a Ray Service on main that this service has not heard of. */
  private void pushByHand(String name) {
    given().get(PATH).then().body(not(containsString(name)));
    String blob = gitlab.git().runWith("kind: RayService\n", "hash-object", "-w", "--stdin");
    String tree = gitlab.git().runWith("100644 blob " + blob + "\trayservice.yaml\n", "mktree");
    for (String folder : List.of(name, "team-other", "rayservices")) {
      tree = gitlab.git().runWith("040000 tree " + tree + "\t" + folder + "\n", "mktree");
    }
    String main = gitlab.git().run("rev-parse", "main");
    String commit = gitlab.git().run("commit-tree", "-p", main, "-m", "By hand", tree);
    gitlab.git().run("update-ref", "refs/heads/main", commit, main);
  }

  @Test
  @Timeout(120)
  void aLateEventDoesNotMoveTheStateBack() throws InterruptedException {
    int number = propose("late");
    gitlab.merge(number);
    delivered(event("late", "merge"));
    delivered(event("late", "open"));
    delivered(event("late", "reopen"));

    long before = looks();
    delivered(event("late", "update"));
    while (looks() == before) {
      Thread.sleep(20);
    }

    given()
        .get(PATH + "/team-ml/late")
        .then()
        .statusCode(200)
        .body("status.branch", equalTo("main"))
        .body("status.proposal.mergeRequest.state", equalTo("merged"));
  }

  private long looks() {
    return gitlab.requests().stream().filter(r -> r.startsWith("GET /projects/")).count();
  }

  @Test
  void anUnverifiedDeliveryGets401AndTriggersNothing() {
    String body = event("closed", "close");
    long before = looks();

    deliver(Map.of(), body)
        .statusCode(401)
        .contentType("application/problem+json")
        .body("detail", containsString("neither the signature nor the secret token"));
    Map<String, String> old =
        WebhookHeaders.signed("old", Instant.now().minusSeconds(400), body.getBytes(UTF_8));
    deliver(old, body).statusCode(401).body("detail", containsString("more than 5 minutes"));
    deliver(signed(body + "x"), body).statusCode(401);

    assertThat(looks()).isEqualTo(before);
  }

  @Test
  void aRightTokenDoesNotReplaceAWrongSignature() {
    String body = event("closed", "close");
    Map<String, String> headers = signed(body + "x");
    headers.put("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN);

    deliver(headers, body).statusCode(401).body(not(containsString(WebhookHeaders.SECRET_TOKEN)));
    deliver(Map.of("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN), body).statusCode(204);
  }

  @Test
  void aBodyOf26MegabytesGets413() {
    String body = "{\"a\": \"" + "x".repeat(26_000_000) + "\"}";

    deliver(Map.of("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN), body).statusCode(413);
  }

  @Test
  @Timeout(120)
  void anEndlessBodyIsCutOff() throws IOException {
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nX-Gitlab-Token: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
            .formatted(WEBHOOK, WebhookHeaders.SECRET_TOKEN);
    byte[] chunk = new byte[1 << 16];
    Arrays.fill(chunk, (byte) 'x');
    byte[] size = "10000\r\n".getBytes(UTF_8);
    long sent = 0;
    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(UTF_8));
      while (socket.getInputStream().available() == 0) {
        out.write(size);
        out.write(chunk);
        out.write("\r\n".getBytes(UTF_8));
        sent += chunk.length;
      }
      assertThat(new String(socket.getInputStream().readNBytes(12), UTF_8))
          .isEqualTo("HTTP/1.1 413");
    } catch (SocketException e) {
      // Cut off before its answer was read.
      assertThat(sent).isGreaterThan(20_000_000);
    }
    given().get(PATH).then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no JSON",
        "{\"object_kind\": 7}",
        "{\"object_kind\": \"emoji\", \"project\": null}",
        "{\"object_kind\": \"merge_request\", \"project\": {\"path_with_namespace\": \"platform/gitops\"}}",
        "{\"object_kind\": \"merge_request\", \"project\": {\"path_with_namespace\": \"platform/gitops\"}, \"object_attributes\": {\"source_branch\": \"rayservice/../x\", \"target_branch\": \"main\"}}",
        "{\"object_kind\": \"push\", \"project\": {\"path_with_namespace\": \"other/gitops\"}}",
      })
  void malformedAndUnknownEventsGet2xxAndAreIgnored(String body) {
    long before = looks();

    delivered(body);

    assertThat(looks()).isEqualTo(before);
  }

  /** GitLab sends none, so whoever sets a webhook up by hand must learn of it. */
  @Test
  void aDeliveryWithoutABodyIsRefused() {
    deliver(signed(""), "")
        .statusCode(400)
        .body("detail", equalTo("the body is empty"))
        .body("violations.field", equalTo(List.of("(body)")));
  }
}
