package io.github.rayservice.scaffolder.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API's description is whole. That it is also true is what {@code SchemathesisIT} tries. */
@QuarkusTest
class OpenApiTest {
  private static final String ONE = "/api/v1/ray-services/{namespace}/{name}";

  @SuppressWarnings("NullAway.Init")
  private JsonNode document;

  @BeforeEach
  void read() throws IOException {
    document =
        new ObjectMapper()
            .readTree(given().get("/q/openapi?format=json").then().extract().asString());
  }

  private JsonNode at(String pointer) {
    return document.at(pointer);
  }

  private JsonNode operation(String path, String method) {
    return document.path("paths").path(path).path(method);
  }

  /** A parameter, where it refers to one that is shared. */
  private JsonNode parameter(JsonNode operation, String name) {
    return operation
        .path("parameters")
        .valueStream()
        .map(parameter ->
            parameter.has("$ref") ? at(parameter.path("$ref").asText().substring(1)) : parameter)
        .filter(parameter -> parameter.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no parameter " + name + " in " + operation))
        .path("schema");
  }

  @Test
  void everyReferenceResolves() {
    List<String> references = document.findValuesAsText("$ref");

    assertThat(references).isNotEmpty();
    assertThat(references)
        .allSatisfy(reference ->
            assertThat(at(reference.substring(1)).isMissingNode()).as(reference).isFalse());
    assertThat(document.toString()).doesNotContain("HttpProblem");
  }

  @Test
  void everyProblemHasItsShape() {
    List<String> others = new ArrayList<>();
    operations()
        .flatMap(operation -> operation.path("responses").propertyStream())
        .filter(response -> response.getKey().startsWith("4") && !response.getKey().equals("403"))
        .filter(response ->
            !response
                .getValue()
                .at("/content/application~1problem+json/schema/$ref")
                .asText()
                .equals("#/components/schemas/Problem"))
        .forEach(response -> others.add(response.toString()));

    assertThat(others).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/ray-services", "/api/v1/catalog/entities"})
  void partsOfAListAreBounded(String path) {
    JsonNode operation = operation(path, "get");

    assertThat(parameter(operation, "limit").path("minimum").asInt()).isEqualTo(1);
    assertThat(parameter(operation, "limit").path("maximum").asInt()).isEqualTo(5000);
    assertThat("team-ml/text-ml").matches(pattern(operation, "continue"));
    assertThat("team-ml").doesNotMatch(pattern(operation, "continue"));
  }

  private String pattern(JsonNode operation, String parameter) {
    String pattern = parameter(operation, parameter).path("pattern").asText();
    assertThat(pattern).startsWith("^").endsWith("$");
    return pattern;
  }

  @ParameterizedTest
  @ValueSource(strings = {"put", "delete"})
  void aWriteNamesItsVersion(String method) {
    String pattern = pattern(operation(ONE, method), "If-Match");

    assertThat(Stream.of("*", "\"a.b\"", "W/\"\", \"b\"")).allMatch(tag -> tag.matches(pattern));
    assertThat(Stream.of("a", "\"a", "\"a\" \"b\"", "")).noneMatch(tag -> tag.matches(pattern));
  }

  @Test
  void everyPathParameterHasItsPattern() {
    List<JsonNode> parameters =
        operations()
            .flatMap(operation -> operation.path("parameters").valueStream())
            .filter(parameter -> parameter.path("in").asText().equals("path"))
            .toList();

    assertThat(parameters).isNotEmpty();
    assertThat(parameters)
        .allSatisfy(parameter ->
            assertThat(parameter.path("schema").path("pattern").asText()).isNotEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RayService", "RayServiceMetadata", "RayServiceSpec", "Gitlab", "Ingress"})
  void unknownFieldsAreRefused(String schema) {
    assertThat(at("/components/schemas/" + schema + "/additionalProperties").toString())
        .isEqualTo("false");
  }

  @Test
  void nullIsAllowedWhereItIsReadAsAbsent() {
    JsonNode spec = at("/components/schemas/RayServiceSpec/properties");

    assertThat(spec.path("createdBy").path("type").toString()).contains("null");
    assertThat(spec.path("name").path("type").toString()).doesNotContain("null");
    assertThat(spec.path("ray").path("anyOf").toString()).contains("{\"type\":\"null\"}");
  }

  /** An absent part of an answer is left out. */
  @ParameterizedTest
  @CsvSource({"StoredRayService, spec", "Outcome, mergeRequest"})
  void anAbsentPartOfAnAnswerIsNotNull(String schema, String property) {
    JsonNode answer = at("/components/schemas/" + schema);

    assertThat(answer.path("properties").path(property).isMissingNode()).isFalse();
    assertThat(answer.path("properties").path(property).toString()).doesNotContain("null");
    assertThat(answer.path("required").toString()).doesNotContain("\"" + property + "\"");
  }

  @Test
  void everyOperationSaysWhoMayCall() {
    assertThat(operations())
        .allSatisfy(operation -> assertThat(operation.path("security")).isNotEmpty());
    assertThat(operation("/webhooks/gitlab", "post").path("security").toString())
        .contains("gitlabToken", "gitlabSignature");
    assertThat(at("/components/securitySchemes/token/scheme").asText()).isEqualTo("bearer");
  }

  @Test
  void linksLeadFromAnAnswerToTheNextRequest() {
    List<String> operations = document.path("paths").findValuesAsText("operationId");
    List<JsonNode> links =
        operations().flatMap(operation -> operation.findValues("links").stream()).toList();

    assertThat(
            at("/paths/~1api~1v1~1ray-services/post/responses/201/links/read/operationId").asText())
        .isEqualTo("read");
    assertThat(links.stream().flatMap(link -> link.findValuesAsText("operationId").stream()))
        .isNotEmpty()
        .allMatch(operations::contains);
  }

  private Stream<JsonNode> operations() {
    return document.path("paths").valueStream().flatMap(JsonNode::valueStream);
  }
}
