package io.github.rayservice.scaffolder.access;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.backstage.BackstageResource;
import io.github.rayservice.scaffolder.testsupport.backstage.FakeBackstage;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Authentication and authorization of requests: tokens of a fake Backstage with real keys, and a
 * fake GitLab.
 */
@QuarkusTest
@WithTestResource(value = GitlabResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
@WithTestResource(value = BackstageResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class AccessControlTest {
  private static final String ANN = "user:default/ann";
  private static final Logger LOG = Logger.getLogger("audit");

  /** Injected by the test resources. */
  @SuppressWarnings("NullAway.Init")
  FakeBackstage backstage;

  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  private final List<String> audit = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          audit.add(new PatternFormatter("%s").format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
    backstage.member(ANN, ANN, "group:default/team-ml");
  }

  @AfterEach
  void leave() {
    LOG.removeHandler(handler);
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
    assertThat(audit)
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
    assertThat(audit)
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
    assertThat(audit)
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

    assertThat(audit)
        .containsExactly(
            "unproven GET /api/v1/ray-services: send a token: Authorization: Bearer …",
            "unproven DELETE /api/v1/ray-services/team-ml/x: the token is not known here");
    assertThat(unproven()).isEqualTo(before + 2);
  }

  private static double unproven() {
    return given()
        .get("/q/metrics")
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

    assertThat(audit)
        .containsExactly(
            "allowed create team-ml/dry by user:default/ann: dry run",
            "allowed create team-ml/bad by user:default/ann: failed (InvalidFormException)",
            "allowed delete team-ml/none by user:default/ann: dry run failed (NotFound)");
  }
}
