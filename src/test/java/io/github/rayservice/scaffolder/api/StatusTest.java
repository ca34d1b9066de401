package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.get;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The status where no cluster is watched: Git alone tells, and says that it does. */
@QuarkusTest
class StatusTest {
  @Test
  void withoutAClusterTheAcceptedOneIsAccepted() {
    json(minimal("status", "one")).post(PATH).then().statusCode(201);

    get(PATH + "/status/one")
        .then()
        .statusCode(200)
        .body("status.phase", equalTo("Accepted"))
        .body("status.reason", equalTo("ClusterNotWatched"))
        .body("status.message", containsString("does not watch a cluster"))
        .body("status.since", notNullValue())
        .body("status.conditions.source", contains("Git", "Argo CD", "kro", "KubeRay"))
        .body("status.conditions.status", contains("True", "Unknown", "Unknown", "Unknown"))
        .body("status.diagnosis.size()", equalTo(0))
        .body("status.history.phase", contains("Accepted"));
  }

  @Test
  void theListSaysItInShort() {
    json(minimal("status-list", "one")).post(PATH).then().statusCode(201);
    get(PATH + "/status-list/one").then().statusCode(200);

    get(PATH + "?namespace=status-list")
        .then()
        .statusCode(200)
        .body("items.status.phase", contains("Accepted"));
  }

  @Test
  void readinessSaysThatNoClusterIsWatched() {
    get(ApiFixture.management("health/ready"))
        .then()
        .statusCode(200)
        .body("checks.find { it.name == 'Cluster' }.data.watched", equalTo(false));
  }

  @Test
  void metricsCountByPhase() {
    json(minimal("status-metrics", "one")).post(PATH).then().statusCode(201);
    get(PATH + "/status-metrics/one").then().statusCode(200);

    get(ApiFixture.management("metrics"))
        .then()
        .body(containsString("scaffolder_ray_services{phase=\"Accepted\"}"))
        .body(containsString("scaffolder_ray_services{phase=\"Running\"} 0.0"));
  }

  @Test
  void dependenciesSayWhatToDo() {
    get("/api/v1/dependencies")
        .then()
        .statusCode(200)
        .body("items.name", contains("Git", "GitLab", "Cluster"))
        .body("items.state", contains("Ok", "Ok", "Unknown"))
        .body("items[2].nextStep", containsString("scaffolder.status.enabled"));
  }

  @Test
  void theDescriptionKnowsTheStreams() {
    get("/q/openapi?format=json")
        .then()
        .body("paths.keySet()", hasItem("/api/v1/events"))
        .body("paths.keySet()", hasItem("/api/v1/ray-services/{namespace}/{name}/events"));
  }

  @Test
  void theDescriptionListsEveryProblem() {
    get("/q/openapi?format=json")
        .then()
        .body(
            "components.schemas.RayServiceFinding.properties.problem.enum",
            is(Arrays.stream(Problem.values()).map(Problem::code).toList()));
  }
}
