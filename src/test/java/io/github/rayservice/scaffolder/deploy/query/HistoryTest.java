package io.github.rayservice.scaffolder.deploy.query;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions of a Ray Service: listed, brought back, and run again with new code. */
@QuarkusTest
class HistoryTest {
  /** A colon in a path is itself; REST Assured would send {@code %3A}. */
  private static RequestSpecification verb() {
    return given().urlEncodingEnabled(false);
  }

  private static String commit(Response response) {
    return response.then().extract().path("commit");
  }

  private static Response update(String namespace, int replicas) {
    Response response =
        json(withReplicas(namespace, "one", replicas)).put(PATH + "/" + namespace + "/one");
    response.then().statusCode(200);
    return response;
  }

  private static Response rollback(String namespace, String commit) {
    return json("{\"commit\": \"" + commit + "\"}")
        .urlEncodingEnabled(false)
        .post(PATH + "/" + namespace + "/one:rollback");
  }

  @Test
  void eachVersionIsListedWithWhatChanged() {
    String created = commit(ApiFixture.create("h-past", "one"));
    // Another Ray Service between them is not part of it.
    ApiFixture.create("h-past", "two");
    String updated = commit(update("h-past", 5));

    get(PATH + "/h-past/one/history")
        .then()
        .statusCode(200)
        .body("items.commit", contains(updated, created))
        .body("items.result", contains("updated", "created"))
        .body("items[0].changes.field", contains("replicas"))
        .body("items[0].changes[0].before", equalTo(2))
        .body("items[0].changes[0].after", equalTo(5))
        .body("items[0].changes[0].effect", equalTo("newCluster"))
        .body("items[1].changes", hasSize(0))
        .body("items[0].requestId", matchesPattern("[0-9a-f-]{36}"))
        .body("items[0].mergeRequest", nullValue())
        .body("items[0].syncedAt", nullValue())
        .body("continue", nullValue());
  }

  @Test
  void eachVersionSaysWhoAndWhen() {
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    ApiFixture.create("h-who", "one");
    String byAnn =
        withReplicas("h-who", "one", 5)
            .replace("\"replicas\":5", "\"replicas\":5,\"createdBy\":\"ann\"");
    json(byAnn).put(PATH + "/h-who/one").then().statusCode(200);

    JsonPath history = get(PATH + "/h-who/one/history").jsonPath();

    assertThat(history.getList("items.author")).isEqualTo(List.of("ann", "unknown"));
    assertThat(history.getList("items.at", String.class))
        .extracting(Instant::parse)
        .allSatisfy(at -> assertThat(at).isBetween(before, Instant.now()));
  }

  @Test
  void theListComesInParts() {
    ApiFixture.create("h-parts", "one");
    for (int replicas = 3; replicas < 6; replicas++) {
      update("h-parts", replicas);
    }
    List<String> all = get(PATH + "/h-parts/one/history").jsonPath().getList("items.commit");

    Response first = get(PATH + "/h-parts/one/history?limit=3");
    String next = first.then().extract().path("continue");
    Response second = get(PATH + "/h-parts/one/history?limit=3&continue=" + next);

    assertThat(all).hasSize(4);
    assertThat(first.jsonPath().getList("items.commit")).isEqualTo(all.subList(0, 3));
    assertThat(second.jsonPath().getList("items.commit")).isEqualTo(all.subList(3, 4));
    second.then().body("continue", nullValue());
  }

  /** A Ray Service of the same name that was deleted is another one. */
  @Test
  void theHistoryBeginsWhereItWasCreatedLast() {
    ApiFixture.create("h-again", "one");
    given().delete(PATH + "/h-again/one").then().statusCode(200);
    get(PATH + "/h-again/one/history").then().statusCode(404);
    String created = commit(ApiFixture.create("h-again", "one"));

    get(PATH + "/h-again/one/history").then().body("items.commit", contains(created));
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=101", "limit=x", "continue=main", "continue=ABC"})
  void aQueryThatSaysNothingIsRefused(String query) {
    get(PATH + "/h-past/one/history?" + query).then().statusCode(400);
  }

  @Test
  void anEarlierFormComesBack() {
    String first = commit(ApiFixture.create("h-back", "one"));
    update("h-back", 7);

    rollback("h-back", first)
        .then()
        .statusCode(200)
        .body("result", equalTo("updated"))
        .body("rayService.name", equalTo("one"));

    get(PATH + "/h-back/one").then().body("spec.replicas", equalTo(2));
    get(PATH + "/h-back/one/history").then().body("items", hasSize(3));
    rollback("h-back", first).then().statusCode(200).body("result", equalTo("unchanged"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0000000000000000000000000000000000000000", "main", "", "HEAD~1", "../../x"})
  void whatIsNoVersionDoesNotComeBack(String commit) {
    ApiFixture.create("h-none" + commit.length(), "one");

    rollback("h-none" + commit.length(), commit)
        .then()
        .statusCode(422)
        .body("violations.field", contains("commit"))
        .body("violations[0].rule", containsString("/history lists"));
  }

  /** The commit of another Ray Service is in the same branch. */
  @Test
  void theVersionOfAnotherRayServiceDoesNotComeBack() {
    ApiFixture.create("h-theirs", "one");
    String other = commit(ApiFixture.create("h-theirs", "two"));

    rollback("h-theirs", other).then().statusCode(422);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[]", "{\"commit\": 1}", "{\"commit\": \"a\", \"more\": 1}", "\"a\""})
  void theBodyOfARollbackNamesTheCommit(String body) {
    json(body)
        .urlEncodingEnabled(false)
        .post(PATH + "/h-past/one:rollback")
        .then()
        .statusCode(422)
        .body("violations[0].rule", containsString("the one field commit"));
  }

  @Test
  void aRestartIsANewTimeAndNothingElse() {
    ApiFixture.create("h-restart", "one");

    verb()
        .post(PATH + "/h-restart/one:restart?dryRun=All")
        .then()
        .statusCode(200)
        .body("result", equalTo("updated"))
        .body("changes.field", contains("restartedAt"))
        .body("changes.effect", contains("newCluster"))
        .body("secondCluster.cpu", equalTo("2"));
    get(PATH + "/h-restart/one").then().body("spec.restartedAt", nullValue());
    verb()
        .post(PATH + "/h-restart/one:restart")
        .then()
        .statusCode(200)
        .body("result", equalTo("updated"));

    String restarted = get(PATH + "/h-restart/one").jsonPath().getString("spec.restartedAt");
    assertThat(restarted).matches("[0-9-]{10}T[0-9:]{8}Z");
    // The next change of the form does not restart it once more.
    update("h-restart", 3);
    get(PATH + "/h-restart/one")
        .then()
        .body("spec.restartedAt", equalTo(restarted))
        .body("status.drift", equalTo(""));
  }

  @Test
  void aRollbackDoesNotTakeTheRestartBack() {
    String first = commit(ApiFixture.create("h-keep", "one"));
    update("h-keep", 4);
    verb().post(PATH + "/h-keep/one:restart").then().statusCode(200);
    String restarted = get(PATH + "/h-keep/one").jsonPath().getString("spec.restartedAt");

    rollback("h-keep", first).then().statusCode(200);

    get(PATH + "/h-keep/one")
        .then()
        .body("spec.replicas", equalTo(2))
        .body("spec.restartedAt", equalTo(restarted));
  }

  @Test
  void whatIsNotThereIsNotFound() {
    get(PATH + "/h-nobody/one/history").then().statusCode(404);
    verb().post(PATH + "/h-nobody/one:restart").then().statusCode(404);
    rollback("h-nobody", "0".repeat(40)).then().statusCode(404);
    verb().post(PATH + "/h-nobody/one:dance").then().statusCode(404);
  }

  @Test
  void anOldVersionOfTheCallerIsStale() {
    ApiFixture.create("h-stale", "one");
    update("h-stale", 4);

    verb()
        .header("If-Match", "\"" + "0".repeat(40) + "\"")
        .post(PATH + "/h-stale/one:restart")
        .then()
        .statusCode(412);
  }
}
