package io.github.rayservice.scaffolder.api.http;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.yaml;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every error is an RFC 9457 document that says how to fix it. */
@QuarkusTest
class ProblemsTest {
  @Inject GitopsConfig config;
  @TempDir Path folder;

  private static ValidatableResponse problem(Response response, int status, String type) {
    return response
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("status", equalTo(status))
        .body("type", equalTo("urn:rayservice-scaffolder:problem:" + type));
  }

  @Test
  void everyViolationIsToldAtOnce() {
    String body =
        """
        {"metadata": {"namespace": "problems", "name": "A"},
         "spec": {"name": "one", "namespace": "kube-system", "replica": 3,
                  "resources": {"head": {"cpu": "1GB"}},
                  "gitlab": {"hostname": "gitlab.example.com"}}}
        """;

    problem(json(body).post(PATH), 422, "invalid-form")
        .body("title", equalTo("The form breaks rules"))
        .body("detail", equalTo("5 violations; nothing was written"))
        .body("instance", equalTo(PATH))
        .body(
            "violations.field",
            contains(
                "metadata.name",
                "spec.namespace",
                "spec.resources.head.cpu",
                "spec.gitlab.username",
                "spec.replica"))
        .body("violations[2].value", equalTo("1GB"))
        .body("violations[2].rule", startsWith("must be a Kubernetes quantity"))
        .body("violations[2].source", containsString("Kubernetes"))
        .body("violations[4].rule", containsString("did you mean replicas?"));
  }

  @Test
  void aConflictNamesTheHolder() {
    ApiFixture.create("problems", "held");

    problem(json(withReplicas("problems", "held", 3)).post(PATH), 409, "conflict")
        .body("heldBy.namespace", equalTo("problems"))
        .body("heldBy.name", equalTo("held"))
        .body("heldBy.branch", equalTo("main"))
        .body("heldBy.createdBy", equalTo("unknown"))
        .body("heldBy.fields", equalTo("metadata.namespace and metadata.name"))
        .body(
            "detail",
            equalTo("the Ray Service problems/held exists already on main: PUT changes it"));
    problem(
            json(minimal("problems", "other").replace("problems-other", "problems-held"))
                .post(PATH),
            409,
            "conflict")
        .body("heldBy.fields", equalTo("host and spec.name"))
        .body("heldBy.value", equalTo("gitlab.example.com/problems-held"));
    problem(
            json(minimal("problems", "third").replace("ray-problems-third", "ray-problems-held"))
                .post(PATH),
            409,
            "conflict")
        .body("heldBy.fields", equalTo("spec.namespace"));
  }

  @Test
  void anUpdateCannotMoveARayService() {
    ApiFixture.create("problems", "moving");

    problem(
            json(minimal("problems", "moving").replace("ray-problems-moving", "elsewhere"))
                .put(PATH + "/problems/moving"),
            422,
            "invalid-form")
        .body("violations.field", contains("spec.namespace"))
        .body("violations[0].source", containsString("immutable"));
    problem(json(minimal("problems", "other")).put(PATH + "/problems/moving"), 422, "invalid-form")
        .body("violations.field", contains("metadata.name"));
  }

  @Test
  void aFileThatPeopleBrokeIsShownAndNotOverwritten() throws IOException {
    ApiFixture.create("problems", "broken");
    GitCommand person = new GitCommand(config.directory()).cloneInto(folder.resolve("clone"));
    Path file = person.directory().resolve("rayservices/problems/broken/rayservice.yaml");
    Files.writeString(file, "kind: ConfigMap\n");
    person.publish("Break it");

    get(PATH + "/problems/broken")
        .then()
        .statusCode(200)
        .body("spec", nullValue())
        .body("status.problem", containsString("rayservice.yaml"));
    given()
        .queryParam("namespace", "problems")
        .get(PATH)
        .then()
        .body(
            "items.find { it.metadata.name == 'broken' }.problem",
            containsString("rayservice.yaml"));
    problem(
            json(minimal("problems", "broken")).put(PATH + "/problems/broken"),
            409,
            "edited-by-hand")
        .body("file", equalTo("rayservice.yaml"))
        .body("detail", containsString("fix it in Git"));
    given().delete(PATH + "/problems/broken").then().statusCode(200);
  }

  @Test
  void aMissingRayServiceIsNotFound() {
    problem(get(PATH + "/problems/nothing"), 404, "not-found")
        .body("detail", equalTo("there is no Ray Service problems/nothing"));
    problem(get(PATH + "/Problems/..%5C"), 404, "not-found");
    problem(json(minimal("problems", "nothing")).put(PATH + "/problems/nothing"), 404, "not-found");
    given().get("/api/v1/nothing").then().statusCode(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"spec\": }                    | the body is no JSON: Unexpected character",
        "{\"spec\": {}} trailing         | the body is no JSON: Unrecognized token",
        "{\"spec\": {}, \"spec\": {}}    | the body is no JSON: Duplicate",
        "''                              | the body is empty",
      })
  void malformedJsonSaysWhere(String body, String detail) {
    problem(json(body).post(PATH), 400, "malformed").body("detail", startsWith(detail));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec: [                         | the body is no YAML: expected the node content, but found '<stream end>' (line 1,",
        "spec: {a: 1, a: 2}              | the body is no YAML: Duplicate field 'a' (line 1,",
        "'a: &x 1\nb: *x'                | the body is no YAML: the alias *x is not supported: write the value out (line 2,",
        "'a: 1\n---\nb: 2'               | the body is no YAML: it contains more than one document (line 3,",
        "''                              | the body is empty",
      })
  void malformedYamlSaysWhere(String body, String detail) {
    problem(yaml(body).post(PATH), 400, "malformed").body("detail", startsWith(detail));
  }

  @Test
  void aBodyThatIsNotUtf8IsMalformed() {
    problem(
            given()
                .contentType("application/json")
                .body(new byte[] {'{', '"', (byte) 0xc3, 0x28, '"', ':', '1', '}'})
                .post(PATH),
            400,
            "malformed")
        .body("detail", equalTo("the body is not UTF-8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "null", "\"x\"", "{\"spec\": []}"})
  void aDocumentThatIsNoObjectIsAViolation(String body) {
    problem(json(body).post(PATH), 422, "invalid-form");
  }

  @ParameterizedTest
  @ValueSource(ints = {(256 << 10) + 1, 1 << 20})
  void aLargeBodyIsRefused(int size) {
    problem(json("\"" + "x".repeat(size) + "\"").post(PATH), 413, "too-large")
        .body("detail", equalTo("a document has at most 256 KiB"));
  }

  @Test
  void whatFitsIsRead() {
    problem(json("\"" + "x".repeat((256 << 10) - 2) + "\"").post(PATH), 422, "invalid-form");
  }

  @Test
  void aBodyBeyondTheServersOwnBoundIsRefusedToo() {
    json("x".repeat(3 << 20)).post(PATH).then().statusCode(413);
  }

  @Test
  void otherMediaTypesAreRefused() {
    given()
        .contentType("text/plain")
        .body("x")
        .post(PATH)
        .then()
        .statusCode(415)
        .contentType("application/problem+json");
    given().accept("text/html").get(PATH).then().statusCode(406);
  }

  @ParameterizedTest
  @CsvSource({
    "dryRun=Some, dryRun must be All, /post",
    "limit=0, limit must be a number from 1 to 5000, /get",
    "limit=many, limit must be a number from 1 to 5000, /get",
    "limit=5001, limit must be a number from 1 to 5000, /get",
    "continue=x, continue must be the one of an earlier answer, /get",
    "namespace=Team, namespace must be the name of a namespace, /get",
  })
  void parametersSayWhatTheyTake(String query, String detail, String method) {
    String path = PATH + "?" + query;
    problem(
            method.equals("/get") ? get(path) : json(minimal("p", "p")).post(path),
            400,
            "malformed")
        .body("detail", startsWith(detail));
  }

  @Test
  void headersSayWhatTheyTake() {
    problem(
            json(minimal("p", "p")).header("Idempotency-Key", "x".repeat(256)).post(PATH),
            400,
            "malformed")
        .body("detail", startsWith("Idempotency-Key must be 1 to 255"))
        .body("violations[0].field", equalTo("Idempotency-Key"));
    problem(
            json(minimal("p", "p")).header("Idempotency-Key", "a b").post(PATH + "?dryRun=All"),
            400,
            "malformed")
        .body("violations[0].value", equalTo("a b"));
    problem(json(minimal("p", "p")).header("If-Match", "abc").put(PATH + "/p/p"), 400, "malformed")
        .body("detail", equalTo("If-Match must be * or ETags in double quotes, not abc"));
  }
}
