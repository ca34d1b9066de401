package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.EventStream;
import io.github.rayservice.scaffolder.testsupport.kubernetes.ClusterResource;
import io.github.rayservice.scaffolder.testsupport.kubernetes.FakeCluster;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From a change in the cluster to who reads and who follows. Bounds only end tests that hang. */
@QuarkusTest
@Timeout(120)
@WithTestResource(
    value = ClusterResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(name = "scaffolder.status.heartbeat", value = "0.2s"),
      @ResourceArg(name = "scaffolder.status.git-interval", value = "1s")
    })
class ClusterStatusTest {
  private static final String ONE = PATH + "/team-ml/text-ml-service";

  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeCluster cluster;

  @TestHTTPResource("/api/v1")
  @SuppressWarnings("NullAway.Init")
  URL api;

  @AfterEach
  void empty() throws InterruptedException {
    ClusterObjects.of("running").forEach(cluster::delete);
    given().delete(ONE);
    while (get(ONE).statusCode() != 404) {
      Thread.sleep(20);
    }
  }

  @Test
  void aRayServiceRunsWhenTheClusterSaysSo() throws InterruptedException {
    json(ApiFixture.minimal("team-ml", "text-ml-service")).post(PATH).then().statusCode(201);
    until("Accepted");

    appear();

    until("Running");
    get(ONE)
        .then()
        .body("status.conditions.status.unique()", equalTo(List.of("True")))
        .body("status.history.phase", hasItem("Accepted"))
        .body("status.links.serve", containsString("/ray-serve/"));
    get(ApiFixture.management("health/ready"))
        .then()
        .statusCode(200)
        .body("checks.find { it.name == 'Cluster' }.data.pods", equalTo("read"));
  }

  @Test
  void anAnswerWithAStatusIsNotSentAgain() throws InterruptedException {
    json(ApiFixture.minimal("team-ml", "text-ml-service")).post(PATH).then().statusCode(201);
    appear();
    until("Running");

    String tag = get(ONE).header("ETag");

    given().header("If-None-Match", tag).get(ONE).then().statusCode(304);
    cluster.delete(ClusterObjects.of("running", "ray.io/v1", "RayService"));
    while (get(ONE).jsonPath().getString("status.phase").equals("Running")) {
      Thread.sleep(20);
    }
    given().header("If-None-Match", tag).get(ONE).then().statusCode(200);
  }

  /** A webhook tells Argo CD of a push at once; this process reads Git a moment later. */
  @Test
  void argoCdMayHaveComparedWhatThisProcessSawLater() throws InterruptedException {
    String commit =
        json(ApiFixture.minimal("team-ml", "text-ml-service")).post(PATH).path("commit");
    until("Accepted");

    appear(Map.of("sync", Map.of("status", "Synced", "revision", commit)));

    until("Running");
  }

  @Test
  void aValueThatArgoCdOverlooksIsNotRunning() throws InterruptedException {
    json(ApiFixture.minimal("team-ml", "text-ml-service")).post(PATH).then().statusCode(201);
    until("Accepted");
    appear();
    until("Running");

    ClusterObjects.of("running").stream()
        .filter(object -> object.getApiVersion().startsWith("kro.run"))
        .forEach(cluster::put);

    until("Updating");
    get(ONE)
        .then()
        .body("status.reason", equalTo("NotAsInGit"))
        .body("status.message", containsString("spec."));
  }

  @Test
  void createIsRejectedWhileTheOldInstanceIsBeingDeleted() throws InterruptedException {
    appear();
    while (get(ONE).statusCode() != 200) {
      Thread.sleep(20);
    }
    until("Deleting");

    json(ApiFixture.minimal("team-ml", "text-ml-service"))
        .post(PATH)
        .then()
        .statusCode(409)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:still-deleting"))
        .body("detail", containsString("still there: Application ray.team-ml.text-ml-service"));

    get(PATH + "?namespace=team-ml").then().body("items.status.phase", hasItem("Deleting"));
    ClusterObjects.of("running").forEach(cluster::delete);
    while (get(ONE).statusCode() != 404) {
      Thread.sleep(20);
    }
    json(ApiFixture.minimal("team-ml", "text-ml-service")).post(PATH).then().statusCode(201);
  }

  @Test
  void followersSeeWhatHappensAndGoOnWhereTheyWere() throws Exception {
    String etag =
        json(ApiFixture.minimal("team-ml", "text-ml-service"))
            .post(PATH)
            .then()
            .statusCode(201)
            .extract()
            .header("ETag");
    until("Accepted");
    String position;
    try (EventStream first =
        new EventStream(api + "/ray-services/team-ml/text-ml-service/events", "")) {
      assertThat(first.next()).containsEntry("event", "reset");
      assertThat(first.next().get("data"))
          .contains("\"phase\":\"Accepted\"")
          .contains("\"version\":" + etag);
      Map<String, String> complete = first.next();
      assertThat(complete).containsEntry("event", "complete").containsKey("id");
      position = complete.getOrDefault("id", "");
      appear();
      first.skipTo("\"phase\":\"Running\"");
    }

    try (EventStream again = new EventStream(api + "/events", position)) {
      assertThat(again.next()).containsEntry("event", "status").containsKey("id");
      again.skipTo("\"phase\":\"Running\"");
    }
  }

  @Test
  void aSilentStreamIsKeptAlive() throws Exception {
    try (EventStream stream = new EventStream(api + "/events", "")) {
      stream.next();
      stream.next();
      while (stream.heartbeats() == 0) {
        stream.line();
      }
    }
  }

  @Test
  void dependenciesAreLookedAt() throws InterruptedException {
    appear();
    while (!"v1.6.2".equals(dependency("KubeRay").get("found"))) {
      Thread.sleep(20);
    }

    assertThat(dependency("ResourceGraphDefinition")).containsEntry("found", "Active");
    assertThat(dependency("kro")).containsEntry("state", "Ok");
    assertThat(dependency("Ingress class")).containsEntry("state", "Problem");
    assertThat(dependency("Argo CD project"))
        .containsEntry("state", "Problem")
        .containsEntry("nextStep", "apply k8s/platform, or name yours in scaffolder.status");
    assertThat(dependency("Capacity")).containsEntry("found", "no node takes pods");
  }

  private static Map<String, String> dependency(String name) {
    return get("/api/v1/dependencies")
        .then()
        .statusCode(200)
        .extract()
        .path("items.find { it.name == '%s' }".formatted(name));
  }

  /** Argo CD has compared since what Git has was written, and brought it. */
  private void appear() {
    appear(Map.of("reconciledAt", Instant.now().plusSeconds(60).toString()));
  }

  private void appear(Map<String, Object> application) {
    for (GenericKubernetesResource object : ClusterObjects.of("running")) {
      if (object.getKind().equals("Application")) {
        application.forEach(
            (field, value) -> cluster.put(ClusterObjects.with(object, value, "status", field)));
      } else if (object.getApiVersion().startsWith("kro.run")) {
        Map<String, Object> spec = get(ONE).path("spec");
        cluster.put(spec == null ? object : ClusterObjects.with(object, spec, "spec"));
      } else {
        cluster.put(object);
      }
    }
  }

  private static void until(String phase) throws InterruptedException {
    while (!phase.equals(get(ONE).path("status.phase"))) {
      Thread.sleep(20);
    }
  }
}
