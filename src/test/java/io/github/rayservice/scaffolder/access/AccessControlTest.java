package io.github.rayservice.scaffolder.access;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.EventStream;
import io.github.rayservice.scaffolder.testsupport.LoggedLines;
import io.github.rayservice.scaffolder.testsupport.backstage.BackstageResource;
import io.github.rayservice.scaffolder.testsupport.backstage.FakeBackstage;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.github.rayservice.scaffolder.testsupport.kubernetes.ClusterResource;
import io.github.rayservice.scaffolder.testsupport.kubernetes.FakeCluster;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.net.URL;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Authentication and authorization of requests: tokens of a fake Backstage with real keys, a fake
 * GitLab, and a fake cluster in which a model fails. Bounds only end tests that hang.
 */
@QuarkusTest
@Timeout(120)
@WithTestResource(value = GitlabResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
@WithTestResource(value = BackstageResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
@WithTestResource(
    value = ClusterResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = @ResourceArg(name = "scaffolder.status.git-interval", value = "1s"))
class AccessControlTest {
  private static final String ANN = "user:default/ann";
  private static final String BOB = "user:default/bob";
  private static final String FAILING = PATH + "/team-ml/text-ml-service";
  private static final String EXCEPTION = "the model file is broken";

  /** Injected by the test resources. */
  @SuppressWarnings("NullAway.Init")
  FakeBackstage backstage;

  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @SuppressWarnings("NullAway.Init")
  FakeCluster cluster;

  @TestHTTPResource("/api/v1")
  @SuppressWarnings("NullAway.Init")
  URL api;

  private final LoggedLines audit = new LoggedLines("audit");

  @BeforeEach
  void listen() {
    backstage.member(ANN, ANN, "group:default/team-ml");
  }

  @AfterEach
  void leave() {
    audit.close();
  }

  private RequestSpecification as(String token, String body) {
    return given()
        .header("Authorization", "Bearer " + token)
        .contentType("application/json")
        .body(body);
  }

  @Test
  void aCallerWithoutAValidTokenGets401() {
    given()
        .get(PATH)
        .then()
        .statusCode(401)
        .header("WWW-Authenticate", equalTo("Bearer"))
        .body("type", equalTo("urn:rayservice-scaffolder:problem:unproven"))
        .body("detail", equalTo("send a token: Authorization: Bearer …"));
    given()
        .header("Authorization", "Basic YW5uOnNlY3JldA==")
        .get(PATH)
        .then()
        .statusCode(401)
        .body("detail", equalTo("send a token: Authorization: Bearer …"));
    as("some-token", minimal("team-ml", "nobody"))
        .post(PATH)
        .then()
        .statusCode(401)
        .header("WWW-Authenticate", equalTo("Bearer"))
        .body("detail", equalTo("the token is not known here"));
    given().get("/backstage-templates/location.yaml").then().statusCode(200);
    given().get(ApiFixture.management("health/live")).then().statusCode(200);
  }

  @Test
  void theUserOfTheTokenIsCreatedByAndCommitAuthor() {
    as(backstage.onBehalfOf(ANN), minimal("team-ml", "proven")).post(PATH).then().statusCode(201);

    given()
        .header("Authorization", "Bearer " + backstage.onBehalfOf("user:default/bob"))
        .get(PATH + "/team-ml/proven")
        .then()
        .statusCode(200)
        .body("spec.createdBy", equalTo(ANN));
    assertThat(gitlab.git().lines("log", "-1", "--format=%an <%ae>", "rayservice/team-ml/proven"))
        .containsExactly(ANN + " <user-default-ann@users.noreply.localhost>");
    assertThat(audit.lines())
        .singleElement()
        .asString()
        .startsWith("allowed create team-ml/proven by user:default/ann: created ");
  }

  @Test
  void aCallerWithoutTheRightGets403BeforeAnyGitRequest() {
    int requestsBefore = gitlab.requests().size();

    for (String verb : List.of("POST", "PUT", "DELETE")) {
      as(backstage.onBehalfOf(ANN), minimal("team-x", "theirs"))
          .request(verb, verb.equals("POST") ? PATH : PATH + "/team-x/theirs")
          .then()
          .statusCode(403)
          .body("type", equalTo("urn:rayservice-scaffolder:problem:forbidden"))
          .body("detail", equalTo("user:default/ann may not write in the namespace team-x"));
    }

    assertThat(gitlab.requests()).hasSize(requestsBefore);
    assertThat(audit.lines())
        .containsExactly(
            "denied create team-x/theirs by user:default/ann",
            "denied update team-x/theirs by user:default/ann",
            "denied delete team-x/theirs by user:default/ann");
  }

  @Test
  void aPluginWithoutAUserMayOnlyRead() {
    String catalog = backstage.plugin("catalog", FakeBackstage.AUDIENCE, null);

    given().header("Authorization", "Bearer " + catalog).get(PATH).then().statusCode(200);
    as(catalog, minimal("team-ml", "by-plugin")).post(PATH).then().statusCode(403);
  }

  @Test
  void aFormThatNamesAnotherUserIsRejected() throws JsonProcessingException {
    String claim = createdBy("claimed", "user:default/bob");

    as(backstage.onBehalfOf(ANN), claim)
        .post(PATH)
        .then()
        .statusCode(422)
        .body("violations.field", hasItem("spec.createdBy"))
        .body(
            "violations.rule",
            hasItem("must be absent, or user:default/ann, the user of your token"));
    as(BackstageResource.PIPELINE, claim).post(PATH).then().statusCode(201);
  }

  private static String createdBy(String name, String person) throws JsonProcessingException {
    ObjectNode document = (ObjectNode) new ObjectMapper().readTree(minimal("team-ml", name));
    document.withObject("/spec").put("createdBy", person);
    return document.toString();
  }

  @Test
  void anUpdateByAnotherUserKeepsCreatedBy() {
    backstage.member("user:default/eve", "group:default/team-ml");
    as(backstage.onBehalfOf(ANN), minimal("team-ml", "shared")).post(PATH).then().statusCode(201);

    as(backstage.onBehalfOf("user:default/eve"), withReplicas("team-ml", "shared", 7))
        .put(PATH + "/team-ml/shared")
        .then()
        .statusCode(202);

    assertThat(gitlab.git().lines("log", "-2", "--format=%an", "rayservice/team-ml/shared"))
        .containsExactly("user:default/eve", ANN);
    assertThat(
            gitlab
                .git()
                .run(
                    "show", "rayservice/team-ml/shared:rayservices/team-ml/shared/rayservice.yaml"))
        .contains("createdBy: \"user:default/ann\"");
  }

  @Test
  void anIdempotencyKeyBelongsToItsUser() {
    backstage.member("user:default/eve", "group:default/team-ml");
    String anns =
        as(backstage.onBehalfOf(ANN), minimal("team-ml", "keyed"))
            .header("Idempotency-Key", "task-1")
            .post(PATH)
            .then()
            .statusCode(201)
            .extract()
            .path("commit");

    // The key is free for others, so it tells them nothing, and its owner keeps it.
    as(backstage.onBehalfOf("user:default/eve"), minimal("team-ml", "eves"))
        .header("Idempotency-Key", "task-1")
        .post(PATH)
        .then()
        .statusCode(201);
    as(BackstageResource.NAMED_LIKE_ANN, minimal("team-ml", "keyed"))
        .header("Idempotency-Key", "task-1")
        .post(PATH)
        .then()
        .statusCode(409);
    as(backstage.onBehalfOf(ANN), minimal("team-ml", "keyed"))
        .header("Idempotency-Key", "task-1")
        .post(PATH)
        .then()
        .statusCode(201)
        .body("commit", equalTo(anns));
    as(backstage.onBehalfOf(ANN), minimal("team-ml", "other"))
        .header("Idempotency-Key", "task-1")
        .post(PATH)
        .then()
        .statusCode(422)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:idempotency-key-reused"));
  }

  @Test
  void aStaticTokenNamedLikeAUserIsNotThatUser() throws JsonProcessingException {
    String token = BackstageResource.NAMED_LIKE_ANN;
    as(token, createdBy("claims-ann", ANN)).post(PATH).then().statusCode(422);
    as(token, minimal("team-ml", "by-token")).post(PATH).then().statusCode(201);

    given()
        .header("Authorization", "Bearer " + token)
        .get(PATH + "/team-ml/by-token")
        .then()
        .body("spec.createdBy", equalTo("token:" + ANN));
    assertThat(gitlab.git().lines("log", "-1", "--format=%an <%ae>", "rayservice/team-ml/by-token"))
        .containsExactly("token:" + ANN + " <token-user-default-ann@users.noreply.localhost>");
    assertThat(audit.lines())
        .last()
        .asString()
        .startsWith("allowed create team-ml/by-token by token:user:default/ann: created ");
  }

  @Test
  void aBackstageUserNamedLikeATokenIsRefused() {
    as(backstage.onBehalfOf("Token:default/pipeline"), minimal("team-ml", "no-user"))
        .post(PATH)
        .then()
        .statusCode(401)
        .body("detail", equalTo("the token's subject is no user of Backstage"));
  }

  @Test
  void aGrantToEverybodyIsForPersonsAndMarkedTokens() {
    String catalog = backstage.plugin("catalog", FakeBackstage.AUDIENCE, null);

    as(catalog, minimal("open-a", "plugin")).post(PATH).then().statusCode(403);
    as(BackstageResource.READER, minimal("open-a", "reader")).post(PATH).then().statusCode(403);
    as(BackstageResource.WRITER, minimal("open-a", "writer")).post(PATH).then().statusCode(201);
    as(backstage.onBehalfOf(ANN), minimal("open-b", "person")).post(PATH).then().statusCode(201);
    as(BackstageResource.WRITER, minimal("team-x", "writer")).post(PATH).then().statusCode(403);
    as(BackstageResource.READER, "").get(PATH).then().statusCode(200);
  }

  @Test
  void anEndedTokenGets401WithItsEnd() {
    as(BackstageResource.ENDED, "")
        .get(PATH)
        .then()
        .statusCode(401)
        .body("detail", equalTo("the static token of retired has ended at 2025-12-31T22:00:00Z"));
  }

  @Test
  void everyUnprovenRequestLeavesALineAndIsCounted() {
    double before = unproven();

    given().get(PATH + "?secret=1").then().statusCode(401);
    as("some-token", "").delete(PATH + "/team-ml/x").then().statusCode(401);

    assertThat(audit.lines())
        .containsExactly(
            "unproven GET /api/v1/ray-services: send a token: Authorization: Bearer …",
            "unproven DELETE /api/v1/ray-services/team-ml/x: the token is not known here");
    assertThat(unproven()).isEqualTo(before + 2);
  }

  private static double unproven() {
    return given()
        .get(ApiFixture.management("metrics"))
        .asString()
        .lines()
        .filter(line -> line.startsWith("scaffolder_access_unproven_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void aDryRunAndARejectedFormLeaveALine() {
    String token = backstage.onBehalfOf(ANN);

    as(token, minimal("team-ml", "dry")).post(PATH + "?dryRun=All").then().statusCode(200);
    as(token, "{\"metadata\":{\"namespace\":\"team-ml\",\"name\":\"bad\"}}")
        .post(PATH)
        .then()
        .statusCode(422);
    as(token, "").delete(PATH + "/team-ml/none?dryRun=All").then().statusCode(404);

    assertThat(audit.lines())
        .containsExactly(
            "allowed create team-ml/dry by user:default/ann: dry run",
            "allowed create team-ml/bad by user:default/ann: failed (InvalidFormException)",
            "allowed delete team-ml/none by user:default/ann: dry run failed (NotFound)");
  }

  private RequestSpecification as(String user) {
    return given().header("Authorization", "Bearer " + backstage.onBehalfOf(user));
  }

  private void aModelFails() throws InterruptedException {
    backstage.member(BOB, BOB, "group:default/team-x");
    @Nullable Integer proposed =
        as(backstage.onBehalfOf(ANN), minimal("team-ml", "text-ml-service"))
            .post(PATH)
            .path("mergeRequest.number");
    // Another case may have merged it already.
    if (proposed != null) {
      gitlab.merge(proposed);
    }
    ClusterObjects.of("starting").forEach(cluster::put);
    ClusterObjects.of("diagnosis/own-exception").forEach(cluster::put);
    while (as(BOB).get(FAILING).as(JsonNode.class).at("/status/diagnosis").isEmpty()) {
      Thread.sleep(20);
    }
  }

  @Test
  void aWriterSeesTheEvidence() throws InterruptedException {
    aModelFails();

    JsonNode finding = as(ANN).get(FAILING).as(JsonNode.class).at("/status/diagnosis/0");

    assertThat(finding.path("problem").asText()).isEqualTo("ApplicationRaised");
    assertThat(finding.path("evidence").toString()).contains(EXCEPTION);
    assertThat(finding.path("details").asText()).contains("Traceback");
  }

  @Test
  void anotherReaderSeesPhaseProblemAndNextStep() throws InterruptedException {
    aModelFails();

    String text = as(BOB).get(FAILING).asString();
    JsonNode status = as(BOB).get(FAILING).as(JsonNode.class).path("status");

    assertThat(text).doesNotContain(EXCEPTION, "Traceback");
    JsonNode finding = status.at("/diagnosis/0");
    assertThat(finding.path("problem").asText()).isEqualTo("ApplicationRaised");
    assertThat(finding.path("message").asText()).isNotEmpty();
    assertThat(finding.path("nextStep").asText()).isNotEmpty();
    assertThat(finding.path("evidence")).isEmpty();
    assertThat(finding.has("details")).isFalse();
    assertThat(status.path("phase").asText()).isNotEmpty();
    assertThat(status.path("conditions").findValuesAsText("reason")).doesNotContain("");
    assertThat(as(BOB).get(PATH).asString()).contains("text-ml-service").doesNotContain(EXCEPTION);
  }

  @Test
  void theCatalogIsForEverybodyAndHasNoException() throws InterruptedException {
    aModelFails();

    assertThat(as(ANN).get("/api/v1/catalog/entities/team-ml/text-ml-service").asString())
        .contains("rayservice-scaffolder/status")
        .doesNotContain(EXCEPTION, "Traceback");
  }

  @Test
  void aStreamShowsEachReaderWhatItMaySee() throws Exception {
    aModelFails();

    for (String path : List.of("/events", "/ray-services/team-ml/text-ml-service/events")) {
      try (EventStream writer = new EventStream(api + path, "", backstage.onBehalfOf(ANN))) {
        writer.skipTo("ApplicationRaised", EXCEPTION, "Traceback");
      }
      try (EventStream reader = new EventStream(api + path, "", backstage.onBehalfOf(BOB))) {
        String data;
        do {
          data = reader.next().getOrDefault("data", "");
        } while (!data.contains("ApplicationRaised"));
        assertThat(data).contains("nextStep").doesNotContain(EXCEPTION, "Traceback");
      }
    }
  }
}
