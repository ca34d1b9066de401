package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.LoggedLines;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A deployment is a merge request: the service against a real Git server and the GitLab fake. */
@QuarkusTest
@WithTestResource(value = GitlabResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class MergeRequestTest extends MergeRequestScenario {
  @Test
  void aCreationIsABranchAndAMergeRequest() {
    create("one")
        .then()
        .statusCode(201)
        .body("result", equalTo("created"))
        .body("branch", equalTo("rayservice/team-ml/one"))
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.mergeStatus", equalTo("mergeable"))
        .body("mergeRequest.waitsFor", equalTo("can be merged"))
        .body("mergeRequest.url", containsString("/-/merge_requests/"));

    assertThat(commits("one")).containsExactly("Create Ray Service team-ml/one");
    JsonNode mr = of("one").getFirst();
    assertThat(mr.path("title").asText()).isEqualTo("Create Ray Service team-ml/one");
    assertThat(mr.path("labels").toString()).isEqualTo("[\"ray-service\"]");
    assertThat(mr.path("force_remove_source_branch").asBoolean()).isTrue();
    assertThat(mr.path("description").asText())
        .contains("| `name` | `team-ml-one` |")
        .contains("| `resources.head.cpu` | `1` |")
        .contains("+++ b/rayservices/team-ml/one/rayservice.yaml");
  }

  @Test
  void theSameAgainIsANoOpWithTheSameAnswer() {
    String first = create("again").then().statusCode(201).extract().asString();
    int writes = writes();

    String second = create("again").then().statusCode(201).extract().asString();

    assertThat(second).isEqualTo(first);
    assertThat(of("again")).hasSize(1);
    assertThat(commits("again")).hasSize(1);
    assertThat(writes()).isEqualTo(writes);
  }

  private int writes() {
    return (int) gitlab.requests().stream().filter(r -> !r.startsWith("GET ")).count();
  }

  @Test
  void anUpdateOfAnOpenProposalIsOneMoreCommitOnIt() {
    int number = create("grow").then().extract().path("mergeRequest.number");

    update("grow", 7)
        .then()
        .statusCode(202)
        .body("result", equalTo("updated"))
        .body("mergeRequest.number", equalTo(number));

    assertThat(commits("grow"))
        .containsExactly("Update Ray Service team-ml/grow", "Create Ray Service team-ml/grow");
    assertThat(of("grow")).hasSize(1);
    assertThat(of("grow").getFirst().path("title").asText())
        .isEqualTo("Create Ray Service team-ml/grow");
    assertThat(of("grow").getFirst().path("description").asText()).contains("| `replicas` | `7` |");
  }

  @Test
  void theHistoryNamesTheMergeRequestOfEachVersion() {
    int created = create("past").then().extract().path("mergeRequest.number");
    given().get(PATH + "/team-ml/past/history").then().statusCode(200).body("items", hasSize(0));
    gitlab.merge(created);
    int updated = update("past", 5).then().statusCode(202).extract().path("mergeRequest.number");
    assertThat(of("past").getLast().path("description").asText())
        .contains("| `replicas` | `2` | `5` | a second Ray cluster runs until it serves |")
        .contains("room for both: 3.5 CPU, 7168Mi memory more");
    gitlab.merge(updated);

    given()
        .get(PATH + "/team-ml/past/history")
        .then()
        .statusCode(200)
        .body("items.result", contains("updated", "created"))
        .body("items.mergeRequest.number", contains(updated, created))
        .body("items[0].mergeRequest.url", containsString("/-/merge_requests/" + updated));
  }

  @Test
  void whatBecomesOfTheModelCacheIsTold() {
    String path = PATH + "/team-ml/cached";
    int created =
        json(cached("50Gi"))
            .post(PATH)
            .then()
            .statusCode(201)
            .extract()
            .path("mergeRequest.number");
    assertThat(of("cached").getLast().path("description").asText())
        .contains("Its model cache of `50Gi` is deleted together with the Ray Service.");
    gitlab.merge(created);
    String first = given().get(path + "/history").then().extract().path("items[0].commit");
    int grown =
        json(cached("80Gi")).put(path).then().statusCode(202).extract().path("mergeRequest.number");
    gitlab.merge(grown);

    String deleted = "is deleted by this change: what only this volume holds is lost";
    given()
        .queryParam("dryRun", "All")
        .delete(path)
        .then()
        .statusCode(200)
        .body("warnings.rule", hasItem(deleted));
    json(minimal("team-ml", "cached"))
        .queryParam("dryRun", "All")
        .put(path)
        .then()
        .statusCode(200)
        .body("warnings.rule", hasItem(deleted));
    // It cannot shrink, and nobody asked for that.
    given()
        .urlEncodingEnabled(false)
        .queryParam("dryRun", "All")
        .contentType("application/json")
        .body("{\"commit\":\"" + first + "\"}")
        .post(path + ":rollback")
        .then()
        .statusCode(200)
        .body("result", equalTo("unchanged"));
    given().delete(path).then().statusCode(202);
    assertThat(of("cached").getLast().path("description").asText())
        .contains("Merging this deletes its model cache of `80Gi`.");
  }

  private static String cached(String size) {
    return minimal("team-ml", "cached")
        .replace("\"spec\":{", "\"spec\":{\"modelCache\":{\"size\":\"" + size + "\"},");
  }

  /** A proposal that was changed before it was merged has a commit for each request. */
  @Test
  void everyCommitOfAProposalHasItsMergeRequest() {
    int first = create("twice").then().extract().path("mergeRequest.number");
    update("twice", 3).then().statusCode(202);
    gitlab.merge(first);
    int second = update("twice", 4).then().extract().path("mergeRequest.number");
    update("twice", 5).then().statusCode(202);
    update("twice", 6).then().statusCode(202);
    gitlab.merge(second);

    given()
        .get(PATH + "/team-ml/twice/history")
        .then()
        .body("items.changes.after.flatten()", contains(6, 5, 4, 3))
        .body("items.mergeRequest.number", contains(second, second, second, first, first));
    given()
        .get(PATH + "/team-ml/twice/history?limit=1&continue=" + commitOf("twice", 2))
        .then()
        .body("items.mergeRequest.number", contains(first));
  }

  @Test
  void aChangeOfTheCodeIsInPlace() {
    gitlab.merge(create("code").then().extract().path("mergeRequest.number"));

    json(minimal(TEAM, "code").replace("\"spec\":{", "\"spec\":{\"importPath\":\"other.app\","))
        .put(PATH + "/" + TEAM + "/code")
        .then()
        .statusCode(202);

    assertThat(of("code").getLast().path("description").asText())
        .contains(
            "| `importPath` | `text_ml.app` | `other.app` | the running Ray cluster loads it |")
        .doesNotContain("room for both");
  }

  private static String commitOf(String name, int index) {
    return given()
        .get(PATH + "/team-ml/" + name + "/history")
        .then()
        .extract()
        .path("items[" + index + "].commit");
  }

  @Test
  void aRestartIsAMergeRequest() {
    gitlab.merge(create("restarted").then().extract().path("mergeRequest.number"));

    given()
        .urlEncodingEnabled(false)
        .post(PATH + "/team-ml/restarted:restart")
        .then()
        .statusCode(202)
        .body("mergeRequest.state", equalTo("opened"));

    assertThat(of("restarted").getLast().path("description").asText())
        .contains("| `restartedAt` |  | `20");
  }

  @Test
  void updateAndDeletionOfAnAcceptedServiceAreMergeRequestsToo() {
    int created = create("life").then().extract().path("mergeRequest.number");
    gitlab.merge(created);

    int updated = update("life", 5).then().statusCode(202).extract().path("mergeRequest.number");
    assertThat(updated).isGreaterThan(created);
    gitlab.merge(updated);
    given().get(PATH + "/team-ml/life").then().statusCode(200).body("spec.replicas", equalTo(5));

    int deleted =
        given()
            .delete(PATH + "/team-ml/life")
            .then()
            .statusCode(202)
            .body("result", equalTo("deleted"))
            .extract()
            .path("mergeRequest.number");
    assertThat(of("life").getLast().path("title").asText())
        .isEqualTo("Delete Ray Service team-ml/life");
    given().get(PATH + "/team-ml/life").then().statusCode(200);
    gitlab.merge(deleted);
    given().get(PATH + "/team-ml/life").then().statusCode(404);
  }

  @Test
  void aCreateOfAProposedNameGets409WithItsHolder() {
    create("held");

    json(withReplicas(TEAM, "held", 9))
        .post(PATH)
        .then()
        .statusCode(409)
        .body("heldBy.branch", equalTo("rayservice/team-ml/held"));
    assertThat(of("held")).hasSize(1);
  }

  @Test
  void aMergeRequestThatFailedToOpenIsOpenedByTheNextRequest() {

    gitlab.fail("POST /projects/", 1, FAILURE);
    create("retry")
        .then()
        .statusCode(503)
        .header("Retry-After", not(equalTo(null)))
        .body("type", equalTo("urn:rayservice-scaffolder:problem:gitlab-unavailable"))
        .body("detail", containsString("goes on from there"));
    assertThat(commits("retry")).hasSize(1);
    assertThat(of("retry")).isEmpty();

    create("retry").then().statusCode(201).body("mergeRequest.state", equalTo("opened"));

    assertThat(commits("retry")).hasSize(1);
    assertThat(of("retry")).hasSize(1);
  }

  @Test
  void aMergeRequestOpenedByHandForTheBranchIsAdopted() {

    gitlab.fail("POST /projects/", 1, FAILURE);
    create("adopt").then().statusCode(503);
    given()
        .header("PRIVATE-TOKEN", FakeGitlab.TOKEN)
        .contentType("application/json")
        .body(
            """
            {"source_branch": "rayservice/team-ml/adopt", "target_branch": "main", "title": "By hand"}
            """)
        .urlEncodingEnabled(false)
        .post(gitlab.url() + "/api/v4/projects/platform%2Fgitops/merge_requests")
        .then()
        .statusCode(201);

    create("adopt").then().statusCode(201);

    assertThat(of("adopt")).hasSize(1);
    assertThat(of("adopt").getFirst().path("title").asText()).isEqualTo("By hand");
    assertThat(of("adopt").getFirst().path("labels").toString()).contains("ray-service");
  }

  @Test
  void aPlainText429IsRetried() {
    gitlab.fail("POST /projects/", 2, new FakeGitlab.Failure(429, "text/plain", "Retry later"));

    create("busy").then().statusCode(201).body("mergeRequest.state", equalTo("opened"));
  }

  @Test
  void aShortRetryAfterIsWaitedFor() {
    gitlab.fail("POST /projects/", 1, busyFor("1"));
    long before = System.nanoTime();

    create("patient").then().statusCode(201);

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void aLongRetryAfterIsTheCallers() {
    gitlab.fail("POST /projects/", 1, busyFor("60"));

    create("later").then().statusCode(503).header("Retry-After", "60");
    create("later").then().statusCode(201).body("mergeRequest.state", equalTo("opened"));
  }

  private static FakeGitlab.Failure busyFor(String seconds) {
    return new FakeGitlab.Failure(429, "text/plain", "Retry later", Map.of("Retry-After", seconds));
  }

  @Test
  void aTokenWithoutTheScopeIsReportedAndNotShown() {
    gitlab.grant(FakeGitlab.TOKEN, "write_repository");
    try {
      create("scope")
          .then()
          .statusCode(503)
          .body("detail", containsString("lacks a scope, it needs api"))
          .body("detail", not(containsString(FakeGitlab.TOKEN)));
    } finally {
      gitlab.grant(FakeGitlab.TOKEN, "api", "write_repository");
    }

    create("scope").then().statusCode(201);
    assertThat(of("scope")).hasSize(1);
  }

  @Test
  void readinessReportsWhatTheTokenLacks() {
    ready()
        .statusCode(200)
        .body("checks.find { it.name == 'GitLab' }.data.token", equalTo("rayservice"));
    try {
      gitlab.grant(FakeGitlab.TOKEN, "read_api", "write_repository");
      ready()
          .statusCode(503)
          .body(
              "checks.find { it.name == 'GitLab' }.data.reason",
              equalTo(
                  "scaffolder.gitlab.token lacks the scope api; it has read_api, write_repository"));

      gitlab.revoke(FakeGitlab.TOKEN);
      ready()
          .statusCode(503)
          .body(
              "checks.find { it.name == 'GitLab' }.data.reason",
              containsString("it is wrong, expired or revoked"))
          .body(
              "checks.find { it.name == 'GitOps repository' }.data.reason",
              containsString("does not accept the token"))
          .body(not(containsString(FakeGitlab.TOKEN)));
    } finally {
      gitlab.grant(FakeGitlab.TOKEN, "api", "write_repository");
    }
    ready().statusCode(200);
  }

  /** It stays ready: the service works, and refuses what others put on these branches. */
  @Test
  void readinessSaysWhetherBranchesOfProposalsAreProtected() {
    String words = "checks.find { it.name == 'GitLab' }.data.proposalBranches";
    try (LoggedLines log =
        new LoggedLines("io.github.rayservice.scaffolder.api.health.GitlabReadiness")) {
      ready().statusCode(200).body(words, startsWith("rayservice/* is no protected branch"));
      ready().statusCode(200);
      assertThat(log.lines())
          .containsExactly(
              "branches of proposals: rayservice/* is no protected branch: whoever may push to the project may push there");

      gitlab.protect("rayservice/team-ml/*", 40, true);
      ready().statusCode(200).body(words, startsWith("rayservice/* is no protected branch"));
      gitlab.protect("rayservice/*", 40, false);
      ready().statusCode(200).body(words, containsString("rayservice/* allows no force push"));
      gitlab.protect("*/*", 40, true);
      ready().statusCode(200).body(words, equalTo("protected"));
      gitlab.protect("ray*", 30, true);
      ready().statusCode(200).body(words, containsString("ray* lets all Developers push"));
      gitlab.showProtection(false);
      ready().statusCode(200).body(words, startsWith("not known whether they are protected"));
    } finally {
      gitlab.showProtection(true);
      gitlab.unprotectPatterns();
    }
  }

  @Test
  void aGitlabThatAsksForPatienceDoesNotMakeTheServiceUnready() {
    gitlab.fail("GET /personal_access_tokens/", 4, busyFor("1"));

    ready()
        .statusCode(200)
        .body(
            "checks.find { it.name == 'GitLab' }.data.reason",
            equalTo("GitLab receives too many requests from this service"));
  }

  private static ValidatableResponse ready() {
    return given().get(ApiFixture.management("health/ready")).then();
  }

  @Test
  void userTextCannotFormatTheDescriptionOrRunQuickActions() {
    String body =
        minimal(TEAM, "hostile")
            .replace(
                "\"spec\":{",
                "\"spec\":{\"createdBy\":\"` | </details> /close @all `` \\\\n /merge\",");

    json(body).post(PATH).then().statusCode(201);

    String description = of("hostile").getFirst().path("description").asText();
    assertThat(description)
        .contains("Asked for by ``` ` \\| /details /close @all `` \\n /merge ```.");
    assertThat(description.lines()).noneMatch(line -> line.startsWith("/"));
  }

  /** A list or an object is shown, and its keys, which are anybody's, format nothing either. */
  @Test
  void reviewersSeeListsAndObjects() {
    String body =
        minimal(TEAM, "shown")
            .replace(
                "\"spec\":{",
                "\"spec\":{\"args\":{\"` | /close\":[1]},\"runtimeEnv\":{\"pip\":[\"torch\"]},");

    json(body).post(PATH).then().statusCode(201);

    assertThat(of("shown").getFirst().path("description").asText())
        .contains("| `runtimeEnv.pip` | `[\"torch\"]` |")
        .contains("| `args` | `` {\"` \\| /close\":[1]} `` |");
  }
}
