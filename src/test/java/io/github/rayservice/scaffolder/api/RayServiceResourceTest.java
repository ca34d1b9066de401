package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.yaml;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class RayServiceResourceTest {
  @Inject GitopsConfig config;
  @TempDir Path folder;

  private GitCommand git() {
    return new GitCommand(config.directory());
  }

  private String commits() {
    return git().run("rev-list", "--count", "main");
  }

  @AfterEach
  void leaveTheExampleToOtherTests() {
    given().delete(PATH + "/team-ml/text-ml-service");
  }

  @Test
  void theReadmesExampleIsPostedAsItIs() throws IOException {
    String example;
    try (InputStream file = getClass().getResourceAsStream("/golden/readme-example/request.yaml")) {
      example = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
    }

    Response response = yaml(example).header("X-Request-Id", "first-request").post(PATH);

    response
        .then()
        .statusCode(201)
        .header("Location", equalTo(PATH + "/team-ml/text-ml-service"))
        .header(
            "ETag", '"' + git().run("rev-parse", "main:rayservices/team-ml/text-ml-service") + '"')
        .header("X-Request-Id", "first-request")
        .contentType("application/json")
        .body("result", equalTo("created"))
        .body("rayService.namespace", equalTo("team-ml"))
        .body("rayService.name", equalTo("text-ml-service"))
        .body("branch", equalTo("main"))
        .body("commit", equalTo(git().run("rev-parse", "main")))
        .body(
            "files",
            contains(
                "rayservices/team-ml/text-ml-service/catalog-info.yaml",
                "rayservices/team-ml/text-ml-service/rayservice.yaml"))
        .body("links.self", equalTo(PATH + "/team-ml/text-ml-service"))
        .body("links.serve", equalTo("https://gitlab.company.com/ray-serve/text-ml/"))
        .body("dashboard.url", equalTo("https://gitlab.company.com/ray-dashboard/text-ml/"))
        .body(
            "dashboard.tokenCommand",
            equalTo(
                "kubectl -n ray-system get secrets -l ray.io/cluster -o go-template='{{range .items}}{{.metadata.name}} {{base64decode .data.auth_token}}{{println}}{{end}}'"))
        .body("dashboard.portForwardCommand", nullValue())
        .body("requestId", equalTo("first-request"))
        // It is the example, whose packages the definition adds.
        .body("warnings.field", contains("spec.rayServeFile"));
    try (InputStream file =
        getClass().getResourceAsStream("/golden/readme-example/rayservice.yaml")) {
      assertThat(
              git().run("show", "main:rayservices/team-ml/text-ml-service/rayservice.yaml") + "\n")
          .isEqualTo(new String(Objects.requireNonNull(file).readAllBytes(), UTF_8));
    }
    assertThat(git().run("log", "-1", "--format=%an <%ae>"))
        .isEqualTo("ml-engineer <ml-team@users.noreply.gitlab.company.com>");
  }

  @Test
  void aReadShowsTheWrite() {
    String tag = ApiFixture.create("read", "one").header("ETag");

    String version = tag.replace("\"", "");
    get(PATH + "/read/one")
        .then()
        .statusCode(200)
        .header("ETag", matchesPattern("\"%s[.][0-9a-f]{16}\"".formatted(version)))
        .body("status.version", equalTo(version))
        .body("apiVersion", equalTo("kro.run/v1alpha1"))
        .body("kind", equalTo("RayService"))
        .body("metadata.namespace", equalTo("read"))
        .body("spec.replicas", equalTo(2))
        .body("spec.resources.worker.cpu", equalTo("500m"))
        .body("spec.ray.version", equalTo("2.60.0"))
        .body("spec.size()", equalTo(11))
        .body("status.commit", equalTo(git().run("rev-parse", "main")))
        .body("status.drift", equalTo(""))
        .body("status.links.self", equalTo(PATH + "/read/one"));
  }

  /** Neither what the service answers nor the file in Git needs an edit before it is sent. */
  @Test
  void whatWasReadCanBeSentBack() {
    yaml("""
    metadata:
      {namespace: back, name: one, labels: {app.kubernetes.io/part-of: ml}, annotations: {note: "1"}}
    spec:
      {name: one, namespace: ray-back, gitlab: {hostname: gitlab.company.com, username: ml}}
    """)
        .post(PATH)
        .then()
        .statusCode(201);
    Response read = get(PATH + "/back/one");
    read.then()
        .body("metadata.labels.'app.kubernetes.io/part-of'", equalTo("ml"))
        .body("metadata.annotations.note", equalTo("1"))
        .body("status.drift", equalTo(""));

    json(read.asString())
        .put(PATH + "/back/one")
        .then()
        .statusCode(200)
        .body("result", equalTo("unchanged"))
        .body("warnings.find { it.field == 'metadata' }.rule", containsString("sets: status"));
    yaml(git().run("show", "main:rayservices/back/one/rayservice.yaml"))
        .put(PATH + "/back/one")
        .then()
        .statusCode(200)
        .body("result", equalTo("unchanged"))
        .body("warnings.field", not(hasItem("metadata")));
  }

  @Test
  void anUnchangedAnswerIsNotSentAgain() {
    ApiFixture.create("unchanged", "one");
    // Until the status has read the write, each answer derives the phase again.
    while (!get(PATH + "/unchanged/one").header("ETag").equals(tag("unchanged"))) {}
    String json = tag("unchanged");
    String yaml = given().accept("application/yaml").get(PATH + "/unchanged/one").header("ETag");

    given().header("If-None-Match", json).get(PATH + "/unchanged/one").then().statusCode(304);
    given()
        .accept("application/yaml")
        .header("If-None-Match", yaml)
        .get(PATH + "/unchanged/one")
        .then()
        .statusCode(304)
        .header("ETag", equalTo(yaml));
    assertThat(yaml).isNotEqualTo(json);
    json(ApiFixture.withReplicas("unchanged", "one", 5))
        .header("If-Match", json)
        .put(PATH + "/unchanged/one")
        .then()
        .statusCode(200);
    given().header("If-None-Match", json).get(PATH + "/unchanged/one").then().statusCode(200);
  }

  private static String tag(String namespace) {
    return get(PATH + "/" + namespace + "/one").header("ETag");
  }

  @Test
  void whatIsReadCanBeSentBack() {
    ApiFixture.create("sent-back", "one");
    String read = get(PATH + "/sent-back/one").asString();

    json(read)
        .put(PATH + "/sent-back/one")
        .then()
        .statusCode(200)
        .body("result", equalTo("unchanged"));
  }

  @Test
  void yamlIsAnsweredToAnAcceptHeader() {
    ApiFixture.create("yaml", "one");

    given()
        .accept("application/yaml")
        .get(PATH + "/yaml/one")
        .then()
        .statusCode(200)
        .contentType("application/yaml")
        .body(containsString("kind: \"RayService\"\n"))
        .body(containsString("  replicas: 2\n"));
  }

  @Test
  void theListIsSortedAndCutIntoParts() {
    for (String name : new String[] {"c", "a", "b"}) {
      ApiFixture.create("list", name);
    }

    given()
        .queryParam("namespace", "list")
        .queryParam("limit", 2)
        .get(PATH)
        .then()
        .statusCode(200)
        .body("items.metadata.name", contains("a", "b"))
        .body("items[0].spec.namespace", equalTo("ray-list-a"))
        .body("items[0].spec.host", equalTo("gitlab.example.com"))
        .body("continue", equalTo("list/b"));
    given()
        .queryParam("namespace", "list")
        .queryParam("limit", 2)
        .queryParam("continue", "list/b")
        .get(PATH)
        .then()
        .body("items.metadata.name", contains("c"))
        .body("continue", nullValue());
  }

  @Test
  void anUpdateChangesTheFieldAndKeepsWhatPeopleWrote() throws IOException {
    ApiFixture.create("update", "one");
    GitCommand person = git().cloneInto(folder.resolve("clone"));
    Path file = person.directory().resolve("rayservices/update/one/rayservice.yaml");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("  labels:\n", "  labels:\n    cost-centre: \"4711\" # for the invoice\n"));
    person.publish("Label it");

    get(PATH + "/update/one")
        .then()
        .body("status.drift", containsString("+    cost-centre: \"4711\" # for the invoice\n"))
        .body("status.requestId", nullValue());
    json(withReplicas("update", "one", 5))
        .put(PATH + "/update/one")
        .then()
        .statusCode(200)
        .body("result", equalTo("updated"))
        .body("files", contains("rayservices/update/one/rayservice.yaml"));

    assertThat(git().run("show", "--format=", "main"))
        .contains("-  replicas: 2\n+  replicas: 5\n")
        .doesNotContain("cost-centre: \"4711\" # for the invoice\n-");
    assertThat(git().run("show", "main:rayservices/update/one/rayservice.yaml"))
        .contains("    cost-centre: \"4711\" # for the invoice\n", "  replicas: 5\n");
  }

  @Test
  void anAbsentTargetNamespaceIsFilledInAndAnUpdateKeepsTheOneThatIsThere() {
    String[][] cases = {{"filled", "ray-target--filled"}, {"named", "ray-target-named"}};
    for (String[] target : cases) {
      String complete = minimal("target", target[0]);
      String without = complete.replaceFirst("\"namespace\":\"ray-[^\"]*\",", "");
      assertThat(without).isNotEqualTo(complete);

      json(target[0].equals("named") ? complete : without).post(PATH).then().statusCode(201);
      json(without.replace("\"spec\":{", "\"spec\":{\"replicas\":7,"))
          .put(PATH + "/target/" + target[0])
          .then()
          .statusCode(200);

      get(PATH + "/target/" + target[0])
          .then()
          .body("spec.namespace", equalTo(target[1]))
          .body("spec.replicas", equalTo(7));
    }
  }

  /** It is there by hand, or since before the platform refused the namespace. */
  @Test
  void whatIsInARefusedNamespaceIsReadAndDeleted() throws IOException {
    ApiFixture.create("allowed", "one");
    GitCommand person = git().cloneInto(folder.resolve("refused"));
    Path services = person.directory().resolve("rayservices");
    Files.createDirectories(services.resolve("default"));
    Files.move(services.resolve("allowed/one"), services.resolve("default/one"));
    Path file = services.resolve("default/one/rayservice.yaml");
    Files.writeString(
        file, Files.readString(file).replace("namespace: \"allowed\"", "namespace: \"default\""));
    person.publish("Move it");

    get(PATH + "/default/one").then().statusCode(200).body("spec.replicas", equalTo(2));
    json(minimal("default", "one"))
        .put(PATH + "/default/one")
        .then()
        .statusCode(422)
        .body("violations.field", contains("metadata.namespace"));
    given().delete(PATH + "/default/one").then().statusCode(200);
  }

  @Test
  void anUpdateNeedsNoIdentityAndKeepsItsCreator() {
    json(minimal("creator", "one").replace("\"spec\":{", "\"spec\":{\"createdBy\":\"ann\","))
        .post(PATH)
        .then()
        .statusCode(201);
    String spec = minimal("creator", "one").replaceFirst("\"metadata\":\\{[^}]*},", "");
    assertThat(spec).doesNotContain("metadata");

    json(spec.replace("\"spec\":{", "\"spec\":{\"replicas\":7,"))
        .put(PATH + "/creator/one")
        .then()
        .statusCode(200);

    get(PATH + "/creator/one")
        .then()
        .body("spec.createdBy", equalTo("ann"))
        .body("spec.replicas", equalTo(7));
  }

  @Test
  void anUpdateIsGuardedByTheVersionThatWasRead() {
    String seen = ApiFixture.create("guard", "one").header("ETag");
    String path = PATH + "/guard/one";
    String next =
        json(withReplicas("guard", "one", 3))
            .header("If-Match", seen)
            .put(path)
            .then()
            .statusCode(200)
            .extract()
            .header("ETag");
    assertThat(next).isNotEqualTo(seen);

    json(withReplicas("guard", "one", 4))
        .header("If-Match", seen)
        .put(path)
        .then()
        .statusCode(412)
        .header("ETag", next)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:stale"));
    given().header("If-Match", seen).delete(path).then().statusCode(412);
    given().header("If-Match", "W/" + seen).delete(path).then().statusCode(412);
    json(withReplicas("guard", "one", 4))
        .header("If-Match", seen + ", " + next)
        .put(path)
        .then()
        .statusCode(200);
    given().header("If-Match", "*").delete(path).then().statusCode(200);
  }

  /** What proxies that compress make of a tag: nginx the first, Apache and Jetty the others. */
  @ParameterizedTest
  @ValueSource(strings = {"W/\"%s\"", "\"%s-gzip\"", "\"%s--gzip\"", "W/\"%s;br\""})
  void aTagThatAProxyChangedGuardsAllTheSame(String changed) {
    ApiFixture.create("guard", "proxied");
    String path = PATH + "/guard/proxied";
    String tag = given().get(path).header("ETag").replace("\"", "");

    given()
        .header("If-Match", changed.formatted(tag.replaceAll("[0-9a-f]", "0")))
        .delete(path)
        .then()
        .statusCode(412);
    given().header("If-Match", changed.formatted(tag)).delete(path).then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/yaml"})
  void aByteOrderMarkIsNoPartOfAForm(String type) {
    given()
        .contentType(type)
        .body(("\uFEFF" + ApiFixture.minimal("marked", "one")).getBytes(UTF_8))
        .post(PATH + "?dryRun=All")
        .then()
        .statusCode(200);
  }

  @Test
  void aDeletedRayServiceIsNotFound() {
    ApiFixture.create("delete", "one");

    given()
        .delete(PATH + "/delete/one")
        .then()
        .statusCode(200)
        .body("result", equalTo("deleted"))
        .body("files", hasSize(2))
        .body("links.serve", nullValue());

    get(PATH + "/delete/one").then().statusCode(404);
    get(PATH).then().body("items.metadata.namespace", not(hasItem("delete")));
    given()
        .delete(PATH + "/delete/one")
        .then()
        .statusCode(404)
        .contentType("application/problem+json")
        .body("detail", equalTo("there is no Ray Service delete/one on main"));
  }

  @Test
  void aDryRunOfEachWriteShowsItAndWritesNothing() {
    ApiFixture.create("dry", "one");
    String before = git().run("count-objects", "-v");

    json(minimal("dry", "two"))
        .post(PATH + "?dryRun=All")
        .then()
        .statusCode(200)
        .body("result", equalTo("created"))
        .body("dryRun", equalTo(true))
        .body(
            "files.'rayservices/dry/two/rayservice.yaml'",
            containsString("\n  namespace: \"ray-dry-two\"\n"))
        .body(
            "files.'rayservices/dry/two/catalog-info.yaml'", containsString("kind: \"Component\""))
        .body("diff", containsString("--- /dev/null\n+++ b/rayservices/dry/two/rayservice.yaml\n"));
    json(withReplicas("dry", "one", 9))
        .put(PATH + "/dry/one?dryRun=All")
        .then()
        .statusCode(200)
        .body("result", equalTo("updated"))
        .body("diff", containsString("-  replicas: 2\n+  replicas: 9\n"))
        .body("changes.field", contains("replicas"))
        .body("changes.before", contains(2))
        .body("changes.after", contains(9))
        .body("changes.effect", contains("newCluster"))
        .body("secondCluster.cpu", equalTo("5.5"))
        .body("secondCluster.memory", equalTo("11264Mi"));
    json(minimal("dry", "one").replace("\"spec\":{", "\"spec\":{\"importPath\":\"other.app\","))
        .put(PATH + "/dry/one?dryRun=All")
        .then()
        .statusCode(200)
        .body("changes.field", contains("importPath"))
        .body("changes.effect", contains("inPlace"))
        .body("secondCluster", nullValue());
    given()
        .delete(PATH + "/dry/one?dryRun=All")
        .then()
        .statusCode(200)
        .body("result", equalTo("deleted"))
        .body("diff", containsString("+++ /dev/null\n"));
    assertThat(git().run("count-objects", "-v")).isEqualTo(before);
    get(PATH + "/dry/two").then().statusCode(404);
  }

  @Test
  void aKeyNamesOneRequest() {
    String key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    Response first = json(minimal("key", "one")).header("Idempotency-Key", key).post(PATH);
    first.then().statusCode(201);
    String before = commits();

    Response again = json(minimal("key", "one")).header("Idempotency-Key", key).post(PATH);

    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(again.asString()).isEqualTo(first.asString());
    assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    json(withReplicas("key", "one", 3))
        .header("Idempotency-Key", key)
        .post(PATH)
        .then()
        .statusCode(422)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:idempotency-key-reused"));
    json(minimal("key", "one"))
        .header("Idempotency-Key", key)
        .put(PATH + "/key/one")
        .then()
        .statusCode(422);
    assertThat(commits()).isEqualTo(before);
  }

  @Test
  void warningsDoNotHinder() {
    json(withReplicas("warn", "one", 0))
        .post(PATH)
        .then()
        .statusCode(201)
        .body("warnings.field", contains("spec.replicas", "spec.rayServeFile"));
  }

  @Test
  void everyRequestHasAName() {
    get(PATH).then().header("X-Request-Id", matchesPattern("[0-9a-f-]{36}"));
    given()
        .header("X-Request-Id", "x\u00e4 y")
        .get(PATH)
        .then()
        .header("X-Request-Id", matchesPattern("[0-9a-f-]{36}"));
  }
}
