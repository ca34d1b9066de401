package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.get;
import static org.hamcrest.Matchers.equalTo;

import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.kubernetes.SilentClusterResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Until the cluster was read once, the service answers with an outage instead of a guess. */
@QuarkusTest
@WithTestResource(
    value = SilentClusterResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS)
class InitialSyncTest {
  @ParameterizedTest
  @ValueSource(strings = {"entities", "entities/team-ml/text-ml"})
  void theCatalogWaits(String path) {
    get("/api/v1/catalog/" + path)
        .then()
        .statusCode(503)
        .header("Retry-After", "5")
        .body("type", equalTo("urn:rayservice-scaffolder:problem:cluster-not-read"));
  }

  @Test
  void noTrafficComesYet() {
    get(ApiFixture.management("health/ready")).then().statusCode(503);
  }

  @Test
  void aFormIsTakenAllTheSame() {
    json(minimal("team-first", "look")).post(PATH).then().statusCode(201);
  }
}
