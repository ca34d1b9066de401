package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Query parameters that a caller got wrong. */
@QuarkusTest
class QueryTest {
  private static final String MALFORMED = "urn:rayservice-scaffolder:problem:malformed";

  @Inject GitopsConfig config;

  private String head() {
    return new GitCommand(config.directory()).run("rev-parse", "main");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dryRun",
        "dryRun=",
        "dryRun=None",
        "dryRun=All&dryRun=All",
        "dryRun=All&dryRun=None",
        "dryRun=&dryRun=All"
      })
  void aDryRunThatIsNotUnderstoodWritesNothing(String query) {
    json(minimal("careful", "kept")).post(PATH).then().statusCode(201);
    String before = head();

    List<Response> answers =
        List.of(
            json(minimal("careful", "new")).post(PATH + "?" + query),
            json(withReplicas("careful", "kept", 7)).put(PATH + "/careful/kept?" + query),
            given().delete(PATH + "/careful/kept?" + query));

    answers.forEach(answer ->
        answer
            .then()
            .statusCode(400)
            .body("type", equalTo(MALFORMED))
            .body("detail", startsWith("dryRun must be ")));
    assertThat(head()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"limit=", "limit=1&limit=2", "continue=", "namespace=", "namespace=a&namespace=b"})
  void aParameterOfAListIsSentOnceWithAValue(String query) {
    String name = query.substring(0, query.indexOf('='));

    get(PATH + "?" + query)
        .then()
        .statusCode(400)
        .body("type", equalTo(MALFORMED))
        .body("detail", startsWith(name + " must be sent once, with a value"));
  }
}
