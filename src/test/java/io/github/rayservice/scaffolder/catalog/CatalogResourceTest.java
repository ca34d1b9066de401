package io.github.rayservice.scaffolder.catalog;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .defaultMergeable(true)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .build();

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

  /** Each is a field, in YAML below metadata or spec, and what must not be shown of it. */
  private static final String DANGEROUS =
      """
      metadata: {annotations: {backstage.io/techdocs-ref: 'url:https://evil.example.com/docs'}}
      metadata: {annotations: {backstage.io/techdocs-ref: 'dir:.'}}
      metadata: {annotations: {backstage.io/kubernetes-namespace: evil}}
      metadata: {annotations: {backstage.io/kubernetes-label-selector: 'app=evil'}}
      metadata: {annotations: {backstage.io/view-url: 'https://evil.example.com'}}
      metadata: {annotations: {catalog.backstage.io/anything: evil}}
      metadata: {annotations: {argocd/app-selector: evil}}
      metadata: {annotations: {rayservice-scaffolder/status: evil}}
      metadata: {annotations: {example.com/read: {$text: 'https://evil.example.com'}}}
      metadata: {labels: {rayservice-scaffolder/phase: evil}}
      metadata: {labels: {team: not a evil label}}
      metadata: {links: [{title: evil, url: 'javascript:alert(1)'}]}
      metadata: {links: [{title: evil, url: './relative'}]}
      metadata: {links: [{title: evil, url: 'https://name:evil@example.com'}]}
      metadata: {title: {$text: 'https://evil.example.com'}}
      metadata: {tags: ['phase:evil', {$json: 'evil'}]}
      metadata: {uid: evil}
      spec: {notes: {$text: 'https://evil.example.com/prod.env'}}
      spec: {notes: {deep: [{$yaml: './evil.yaml'}]}}
      spec: {owner: {$text: './evil.txt'}}
      spec: {dependsOn: [{$text: './evil.txt'}]}
      spec: {rayService: {phase: evil}}
      status: {items: [evil]}
      relations: [evil]
      """;

  static Stream<String> dangerous() {
    return DANGEROUS.lines();
  }

  @ParameterizedTest
  @MethodSource("dangerous")
  void whatCouldMakeBackstageActIsLeftOutAndNamed(String field) throws IOException {
    String name = "acts-" + Integer.toHexString(field.hashCode());
    gitlab.merge(propose(name));
    edit(name, text -> with(text, field));

    JsonNode entity = entity(name);

    String told = entity.at("/metadata/annotations/rayservice-scaffolder~1left-out").asText();
    assertThat(told).isNotEmpty();
    ((ObjectNode) entity.at("/metadata/annotations")).remove("rayservice-scaffolder/left-out");
    assertThat(entity.toString()).doesNotContain("evil", "\"$", "dir:.", "javascript", "./");
    assertThat(entity.at("/metadata/annotations/backstage.io~1kubernetes-namespace").asText())
        .isEqualTo("ray-team-ml-" + name);
    assertThat(entity.at("/spec/owner").asText()).isEqualTo("group:default/team-ml");
  }

  /** The file with a document merged into it. */
  private static String with(String text, String more) {
    try {
      ObjectNode file = (ObjectNode) YAML.readTree(text);
      YAML.readerForUpdating(file).readValue(more);
      return YAML.writeValueAsString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatPeopleMayWriteIsShown() throws IOException {
    gitlab.merge(propose("edited"));
    edit(
        "edited",
        text ->
            with(
                text,
                """
                metadata:
                  title: The text model
                  description: Sorts letters
                  tags: [nlp, c++]
                  labels: {example.com/tier: gold}
                  annotations: {pagerduty.com/service-id: P1}
                  links: [{title: Docs, url: 'https://docs.example.com/a?b=c#d', icon: docs, type: guide}]
                spec:
                  lifecycle: experimental
                  owner: group:default/others
                  subcomponentOf: component:default/mail
                  consumesApis: [letters]
                """));

    JsonNode entity = entity("edited");

    assertThat(entity.at("/metadata/annotations").has("rayservice-scaffolder/left-out")).isFalse();
    assertThat(entity.at("/metadata/title").asText()).isEqualTo("The text model");
    assertThat(entity.at("/metadata/description").asText()).isEqualTo("Sorts letters");
    assertThat(entity.at("/metadata/tags").toString())
        .isEqualTo("[\"nlp\",\"c++\",\"phase:accepted\"]");
    assertThat(entity.at("/metadata/labels/example.com~1tier").asText()).isEqualTo("gold");
    assertThat(entity.at("/metadata/annotations/pagerduty.com~1service-id").asText())
        .isEqualTo("P1");
    assertThat(entity.at("/metadata/links").toString())
        .contains(
            "{\"title\":\"Docs\",\"url\":\"https://docs.example.com/a?b=c#d\",\"icon\":\"docs\",\"type\":\"guide\"}");
    assertThat(entity.at("/spec/lifecycle").asText()).isEqualTo("experimental");
    assertThat(entity.at("/spec/owner").asText()).isEqualTo("group:default/others");
    assertThat(entity.at("/spec/subcomponentOf").asText()).isEqualTo("component:default/mail");
    assertThat(entity.at("/spec/consumesApis/0").asText()).isEqualTo("letters");
  }

  /** Whoever may push a branch has not been reviewed by anybody. */
  @Test
  void ofWhatIsOnlyProposedNothingIsShownThatABranchSays() throws IOException {
    propose("unreviewed");
    GitCommand person = gitlab.git().cloneInto(folder.resolve("unreviewed"));
    person.run("checkout", "rayservice/team-ml/unreviewed");
    Path file = person.directory().resolve("rayservices/team-ml/unreviewed/catalog-info.yaml");
    Files.writeString(
        file,
        with(
            Files.readString(file),
            "{metadata: {title: evil, annotations: {example.com/a: evil}}, spec: {owner: user:default/evil, type: evil}}"));
    Path instance = file.resolveSibling("rayservice.yaml");
    Files.writeString(
        instance,
        Files.readString(instance)
            .replaceFirst("hostname: .*", "hostname: 'evil.example.com/a b'"));
    assertThat(Files.readString(instance)).contains("evil");
    person.run("commit", "--all", "--message", "Unreviewed");
    person.run("push", "origin", "HEAD");

    JsonNode items = given().get(ENTITIES + "/team-ml/unreviewed").as(JsonNode.class).path("items");

    assertThat(items.toString()).doesNotContain("evil");
    assertThat(items.at("/0/spec/owner").asText()).isEqualTo("group:default/team-ml");
    assertThat(items.at("/0/metadata/annotations").has("backstage.io/kubernetes-namespace"))
        .isFalse();
  }

  @Test
  void apisAndResourcesOfItsOwnNamesAreShown() throws IOException {
    gitlab.merge(propose("several"));
    edit("several", text -> text + FURTHER);
    writeBeside("several", "openapi.yaml", "openapi: 3.1.0\n");

    JsonNode items = given().get(ENTITIES + "/team-ml/several").as(JsonNode.class).path("items");

    assertThat(items.findValuesAsText("kind"))
        .containsExactly("Component", "API", "API", "Resource");
    JsonNode api = items.path(2);
    assertThat(api.at("/metadata/name").asText()).isEqualTo("several.v2");
    assertThat(api.at("/spec/definition").asText()).isEqualTo("openapi: 3.1.0\n");
    assertThat(api.at("/spec/owner").asText()).isEqualTo("group:default/team-ml");
    assertThat(items.at("/3/metadata/name").asText()).isEqualTo("several.weights");
    assertThat(items.at("/3/spec").toString())
        .isEqualTo("{\"type\":\"bucket\",\"owner\":\"group:default/others\"}");
    assertThat(items.at("/0/metadata/annotations/rayservice-scaffolder~1left-out").asText())
        .contains(
            "document 3: spec.secret has the placeholder $text, which Backstage would follow",
            "document 4: metadata must have the namespace team-ml and a name that begins with several.",
            "document 5: spec.definition names missing.yaml, which is no file beside catalog-info.yaml",
            "document 6: kind is neither the Component of this Ray Service, nor API or Resource",
            "document 7: spec.definition is neither a text nor { $text: ./file }",
            "document 8: metadata must have the namespace team-ml and a name that begins with several.");
  }

  private static final String FURTHER =
      """
      ---
      apiVersion: backstage.io/v1alpha1
      kind: API
      metadata: {name: several.v2, namespace: team-ml}
      spec: {type: openapi, definition: {$text: ./openapi.yaml}}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Resource
      metadata: {name: several.weights, namespace: team-ml}
      spec: {type: bucket, owner: 'group:default/others', secret: {$text: ./key}}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Resource
      metadata: {name: payroll, namespace: default}
      spec: {type: database}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: API
      metadata: {name: several.v3, namespace: team-ml}
      spec: {type: openapi, definition: {$text: missing.yaml}}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Location
      metadata: {name: several.more, namespace: team-ml}
      spec: {type: url, target: 'https://evil.example.com'}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: API
      metadata: {name: several.v4, namespace: team-ml}
      spec: {type: openapi, definition: {$json: 'https://evil.example.com'}}
      ---
      apiVersion: backstage.io/v1alpha1
      kind: API
      metadata: {name: several, namespace: team-ml}
      spec: {type: openapi, definition: its own}
      """;

  @Test
  void aFileThatIsTooLargeIsLeftOutAndNamed() throws IOException {
    gitlab.merge(propose("large"));
    edit("large", text -> text + "# " + "x".repeat(64 * 1024) + "\n");

    assertThat(entity("large").at("/metadata/annotations/rayservice-scaffolder~1left-out").asText())
        .isEqualTo("catalog-info.yaml has more than 65536 characters");

    gitlab.merge(propose("many"));
    edit(
        "many",
        text ->
            with(
                text,
                "metadata: {annotations: {%s}}"
                    .formatted(
                        IntStream.range(0, 40)
                            .mapToObj(i -> "example.com/a%d: %s".formatted(i, "x".repeat(1_000)))
                            .collect(Collectors.joining(", ")))));

    JsonNode many = entity("many");
    assertThat(many.toString()).doesNotContain("xxx");
    assertThat(many.at("/metadata/annotations/rayservice-scaffolder~1left-out").asText())
        .isEqualTo("it has more than 16384 characters");
  }

  private void writeBeside(String name, String file, String text) throws IOException {
    GitCommand person = gitlab.git().cloneInto(folder.resolve(name + "-" + file));
    Files.writeString(
        person.directory().resolve("rayservices/team-ml/" + name).resolve(file), text);
    person.publish("By hand");
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
