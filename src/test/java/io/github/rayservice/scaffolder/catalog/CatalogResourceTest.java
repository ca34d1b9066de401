package io.github.rayservice.scaffolder.catalog;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Backstage catalog is told of Ray Services. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(name = "scaffolder.catalog.cluster", value = "resource:default/lab"),
      @ResourceArg(name = "scaffolder.catalog.apis", value = "true")
    })
class CatalogResourceTest {
  private static final String ENTITIES = "/api/v1/catalog/entities";

  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  @TempDir Path folder;

  private static int propose(String name) {
    return json(minimal("team-ml", name))
        .post(PATH)
        .then()
        .statusCode(201)
        .extract()
        .path("mergeRequest.number");
  }

  private static JsonNode entity(String name) {
    return given()
        .get(ENTITIES + "?limit=5000")
        .as(JsonNode.class)
        .path("items")
        .valueStream()
        .filter(e -> e.path("kind").asText().equals("Component"))
        .filter(e -> e.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aProposedOneIsAnEntityWithItsMergeRequest() {
    int number = propose("pending");

    JsonNode entity = entity("pending");

    assertThat(entity.at("/spec/rayService/phase").asText()).isEqualTo("Proposed");
    assertThat(entity.at("/metadata/labels/rayservice-scaffolder~1phase").asText())
        .isEqualTo("Proposed");
    assertThat(entity.at("/metadata/annotations/rayservice-scaffolder~1status").asText())
        .isEqualTo(
            "{\"phase\":\"Proposed\",\"reason\":\"AwaitingMerge\","
                + "\"message\":\"its merge request is open: can be merged\"}");
    assertThat(entity.at("/metadata/links").findValuesAsText("title"))
        .containsExactly("Ray Serve endpoint", "Merge request !" + number, "Ray dashboard");
    assertThat(
            entity
                .at("/metadata/annotations/rayservice-scaffolder~1dashboard-token-command")
                .asText())
        .startsWith("kubectl -n ray-team-ml-pending get secrets ");
    assertThat(entity.at("/metadata/annotations/argocd~1app-name").asText())
        .isEqualTo("ray.team-ml.pending");
    assertThat(entity.at("/spec/owner").asText()).isEqualTo("group:default/team-ml");
  }

  @Test
  void additionsByHandAreInTheEntity() throws IOException {
    gitlab.merge(propose("accepted"));
    edit("accepted", text -> text.replace("  description:", "  tags: [by-hand]\n  description:"));

    JsonNode entity = entity("accepted");

    assertThat(entity.at("/spec/rayService/phase").asText()).isEqualTo("Accepted");
    assertThat(entity.at("/metadata/tags").toString()).contains("\"phase:accepted\"");
    assertThat(entity.at("/metadata/tags/0").asText()).isEqualTo("by-hand");
  }

  @Test
  void aFileSpeaksForItsOwnEntityOnly() throws IOException {
    gitlab.merge(propose("honest"));
    edit("honest", text -> text.replace("name: \"honest\"", "name: \"payroll\""));

    JsonNode entity = entity("honest");

    assertThat(entity.at("/metadata/description").asText())
        .isEqualTo("catalog-info.yaml in Git is no Component of this Ray Service");
    assertThat(entity.at("/spec/type").asText()).isEqualTo("ray-service");
    assertThat(given().get(ENTITIES).asString()).doesNotContain("payroll");
  }

  @Test
  void itsSecretsAreResourcesByTheirNames() throws IOException {
    String secrets =
        "{\"secrets\":[{\"name\":\"hugging-face\",\"use\":\"environment\"},{\"name\":\"%s\",\"use\":\"netrc\"}],"
            .formatted("n".repeat(60));
    json(minimal("team-ml", "told").replace("\"spec\":{", "\"spec\":" + secrets))
        .post(PATH)
        .then()
        .statusCode(201);

    JsonNode items = given().get(ENTITIES + "/team-ml/told").as(JsonNode.class).path("items");

    assertThat(items.findValuesAsText("kind")).containsExactly("Component", "Resource", "API");
    assertThat(items.at("/0/spec/dependsOn").toString())
        .isEqualTo("[\"resource:default/lab\",\"resource:team-ml/secret.hugging-face\"]");
    JsonNode secret = items.path(1);
    assertThat(secret.at("/metadata/name").asText()).isEqualTo("secret.hugging-face");
    assertThat(secret.at("/metadata/title").asText()).isEqualTo("hugging-face (team-ml)");
    assertThat(secret.at("/spec/type").asText()).isEqualTo("kubernetes-secret");
    assertThat(secret.at("/spec/owner").asText()).isEqualTo("group:default/team-ml");
  }

  @Test
  void oneIsReadByItselfUntilItIsGone() {
    gitlab.merge(propose("single"));
    JsonNode listed = entity("single");

    assertThat(given().get(ENTITIES + "/team-ml/single").as(JsonNode.class).at("/items/0"))
        .isEqualTo(listed);
    given()
        .get(ENTITIES + "/team-ml/never")
        .then()
        .statusCode(404)
        .body("detail", equalTo("Git has no Ray Service team-ml/never"));
    given().get(ENTITIES + "/team-ml/NO").then().statusCode(404);
  }

  @Test
  void whatItRunsOnAndWhatItProvidesAreRelations() throws IOException {
    gitlab.merge(propose("related"));
    edit(
        "related",
        text ->
            text.replaceFirst(
                "owner: .*\n *system: .*",
                "owner: group:default/others\n  dependsOn: [resource:default/s3]"));

    JsonNode items = given().get(ENTITIES + "/team-ml/related").as(JsonNode.class).path("items");

    assertThat(items.at("/0/spec/dependsOn").toString())
        .isEqualTo("[\"resource:default/s3\",\"resource:default/lab\"]");
    assertThat(items.at("/0/spec/providesApis").toString()).isEqualTo("[\"api:team-ml/related\"]");
    JsonNode api = items.path(1);
    assertThat(api.at("/kind").asText()).isEqualTo("API");
    assertThat(api.at("/metadata/namespace").asText()).isEqualTo("team-ml");
    assertThat(api.at("/metadata/name").asText()).isEqualTo("related");
    assertThat(api.at("/spec/owner").asText()).isEqualTo("group:default/others");
    assertThat(api.path("spec").has("system")).isFalse();
    assertThat(api.at("/spec/definition").asText())
        .contains("\"url\":\"https://gitlab.example.com/ray-serve/team-ml-related/\"");
  }

  private void edit(String name, java.util.function.UnaryOperator<String> change)
      throws IOException {
    GitCommand person = gitlab.git().cloneInto(folder.resolve(name));
    Path file = person.directory().resolve("rayservices/team-ml/" + name + "/catalog-info.yaml");
    String before = Files.readString(file);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
    person.publish("By hand");
  }

  @Test
  void partsFollowEachOther() {
    propose("part-a");
    propose("part-b");
    List<String> names = new ArrayList<>();
    String next = "";
    do {
      JsonNode part = given().get(ENTITIES + "?limit=1" + next).as(JsonNode.class);
      assertThat(part.path("items").findValuesAsText("kind")).containsExactly("Component", "API");
      names.add(part.at("/items/0/metadata/name").asText());
      next = part.has("continue") ? "&continue=" + part.path("continue").asText() : "";
    } while (!next.isEmpty());

    assertThat(names).contains("part-a", "part-b").isSorted();
  }
}
