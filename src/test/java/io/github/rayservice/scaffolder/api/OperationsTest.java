package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What those see who run the service. */
@QuarkusTest
class OperationsTest {
  @Inject GitopsConfig config;

  @Test
  void readyMeansThatTheRepositoryCanBeReadAndWritten() throws IOException {
    get(ApiFixture.management("health/ready"))
        .then()
        .statusCode(200)
        .body("checks.find { it.name == 'GitOps repository' }.data.branch", equalTo("main"));

    Path objects = config.directory().resolve("objects");
    Path aside = Files.move(objects, config.directory().resolve("aside"));
    Files.createFile(objects);
    try {
      get(ApiFixture.management("health/ready"))
          .then()
          .statusCode(503)
          .body("status", equalTo("DOWN"))
          .body(
              "checks.find { it.name == 'GitOps repository' }.data.reason",
              containsString("cannot write to the GitOps repository"));
      get(ApiFixture.management("health/live")).then().statusCode(200);
      json(minimal("outage", "one"))
          .post(PATH)
          .then()
          .statusCode(503)
          .header("Retry-After", "5")
          .body("type", equalTo("urn:rayservice-scaffolder:problem:repository-unavailable"));
    } finally {
      Files.delete(objects);
      Files.move(aside, objects);
    }

    get(ApiFixture.management("health/ready")).then().statusCode(200);
    ApiFixture.create("outage", "one");
  }

  @Test
  void metricsCountWhatHappened() {
    ApiFixture.create("metrics", "one");
    json(ApiFixture.withReplicas("metrics", "one", 9)).post(PATH).then().statusCode(409);
    get(PATH + "/metrics/one").then().statusCode(200);

    String metrics = get(ApiFixture.management("metrics")).asString();

    assertThat(metrics)
        .contains("scaffolder_deployments_total{operation=\"create\",outcome=\"created\"}")
        .contains("scaffolder_deployments_total{operation=\"create\",outcome=\"failed\"}")
        .contains("scaffolder_git_retries_total ")
        .contains("scaffolder_git_commit_seconds_count ")
        .contains("uri=\"/api/v1/ray-services/{namespace}/{name}\"");
    assertThat(metrics).doesNotContain("/api/v1/ray-services/metrics");
  }
}
