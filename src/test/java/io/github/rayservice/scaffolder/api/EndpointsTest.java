package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hosts of endpoints on a platform that gives each Ray Service its own. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(name = "scaffolder.form.hosts", value = "*.models.example.com,lab.example.com"),
      @ResourceArg(name = "scaffolder.catalog.apis", value = "true"),
      @ResourceArg(name = "scaffolder.dashboard.mode", value = "none")
    })
class EndpointsTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  private static ObjectNode form(String name) {
    return FormFixture.minimal("team-ml", name);
  }

  private static ObjectNode form(String name, String host) {
    ObjectNode document = form(name);
    document.withObject("/spec/ingress").put("host", host);
    return document;
  }

  @Test
  void aModelAnswersAtTheRootOfItsOwnHost() {
    String url = "https://alone-team-ml.models.example.com/";

    json(form("alone").toString())
        .post(PATH)
        .then()
        .statusCode(201)
        .body("links.serve", equalTo(url));

    JsonNode items =
        given().get("/api/v1/catalog/entities/team-ml/alone").as(JsonNode.class).path("items");
    assertThat(items.at("/0/metadata/links/0/url").asText()).isEqualTo(url);
    assertThat(items.at("/1/metadata/links/0/url").asText()).isEqualTo(url);
    assertThat(items.at("/1/spec/definition").asText()).contains("\"url\":\"" + url + "\"");
    given()
        .get(PATH + "/team-ml/alone")
        .then()
        .body("spec.ingress.ownHost", equalTo(true))
        .body("status.links.serve", equalTo(url));
  }

  @Test
  void aDashboardThatIsNotShownHasNoUrlAnywhere() {
    String command = "kubectl -n ray-team-ml-hidden port-forward service/hidden-head-svc 8265";
    json(form("hidden").toString())
        .post(PATH)
        .then()
        .statusCode(201)
        .body("dashboard.portForwardCommand", equalTo(command));

    String answer = given().get(PATH + "/team-ml/hidden").asString();
    JsonNode component =
        given()
            .get("/api/v1/catalog/entities/team-ml/hidden")
            .as(JsonNode.class)
            .at("/items/0/metadata");
    assertThat(List.of(answer, component.toString(), gitlab.mergeRequests().toString()))
        .noneMatch(text -> text.contains("/ray-dashboard/"));
    assertThat(answer).contains(command);
    assertThat(
            component
                .at("/annotations/rayservice-scaffolder~1dashboard-port-forward-command")
                .asText())
        .isEqualTo(command);
  }

  @Test
  void aSharedHostHasAPathForEach() {
    for (String name : new String[] {"one", "two"}) {
      json(form(name, "lab.example.com").toString())
          .post(PATH)
          .then()
          .statusCode(201)
          .body("links.serve", equalTo("https://lab.example.com/ray-serve/" + name + "/"));
    }
  }

  @Test
  void aHostOfItsOwnThatIsProposedIsHeld() {
    json(form("first", "model.models.example.com").toString()).post(PATH).then().statusCode(201);

    json(form("second", "model.models.example.com").toString())
        .post(PATH)
        .then()
        .statusCode(409)
        .body("heldBy.name", equalTo("first"))
        .body("heldBy.branch", equalTo("rayservice/team-ml/first"))
        .body("heldBy.fields", equalTo("host"))
        .body("heldBy.value", equalTo("model.models.example.com"))
        .body(
            "detail",
            equalTo(
                "host model.models.example.com is held by the Ray Service team-ml/first on rayservice/team-ml/first: it answers for that Ray Service alone"));
  }

  /** It was written when the service did not know the field. */
  @Test
  void anUpdateSaysWhoseTheHostIs(@TempDir Path folder) throws IOException {
    ObjectNode document = form("older", "older.models.example.com");
    gitlab.merge(
        json(document.toString()).post(PATH).then().extract().<Integer>path("mergeRequest.number"));
    GitCommand person = gitlab.git().cloneInto(folder);
    Path file = person.directory().resolve("rayservices/team-ml/older/rayservice.yaml");
    Files.writeString(file, Files.readString(file).replace("    ownHost: true\n", ""));
    person.publish("By hand");

    document.withObject("/spec").put("replicas", 3);
    json(document.toString()).put(PATH + "/team-ml/older").then().statusCode(202);

    assertThat(
            gitlab
                .git()
                .run("show", "rayservice/team-ml/older:rayservices/team-ml/older/rayservice.yaml"))
        .contains("replicas: 3\n", "\"ownHost\": true\n");
  }
}
