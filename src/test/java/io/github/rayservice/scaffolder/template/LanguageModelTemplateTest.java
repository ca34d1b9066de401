package io.github.rayservice.scaffolder.template;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.empty;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the form of a language model makes of its fields. FormTest plays it in a real Backstage. */
@QuarkusTest
class LanguageModelTemplateTest {
  private static final Path GOLDEN =
      Path.of("src/test/resources/golden/language-model/request.yaml");

  private static final String REQUIRED =
      """
      name: qwen
      modelId: Qwen/Qwen2.5-7B-Instruct
      gitlab: {hostname: gitlab.company.com, username: ml-team}
      """;

  private static final Pattern PARAMETER =
      Pattern.compile("\\$\\{\\{ parameters[.](?<name>\\w+) }}");

  /** The expressions that are more than a parameter, for the team team-ml. */
  private static final Map<String, String> COMPUTED =
      Map.of(
          "${{ parameters.team | parseEntityRef | pick('name') }}",
          "team-ml",
          "${{ parameters.instance or parameters.name }}",
          "qwen");

  @Inject BackstageTemplates templates;

  private JsonNode template = JsonNodeFactory.instance.missingNode();

  @BeforeEach
  void readTheTemplate() throws Exception {
    template =
        StrictYaml.read(templates.file("rayservice-language-model/template.yaml").orElseThrow());
  }

  /** The spec that the step sends for what a person has filled in. */
  private ObjectNode sent(String filledIn) throws Exception {
    ObjectNode parameters = JsonNodeFactory.instance.objectNode();
    for (JsonNode page : template.at("/spec/parameters")) {
      parameters.setAll(defaults(page));
    }
    for (Map.Entry<String, JsonNode> field : StrictYaml.read(filledIn).properties()) {
      if (field.getValue().isObject()) {
        parameters.withObject("/" + field.getKey()).setAll((ObjectNode) field.getValue());
      } else {
        parameters.set(field.getKey(), field.getValue());
      }
    }
    ObjectNode spec = (ObjectNode) rendered(template.at("/spec/steps/0/input/spec"), parameters);
    // The action leaves out an object that is shown and that nobody has filled in.
    spec.properties().removeIf(field -> field.getValue().isObject() && field.getValue().isEmpty());
    return spec;
  }

  /** As react-jsonschema-form fills them in. */
  private static ObjectNode defaults(JsonNode object) {
    ObjectNode defaults = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : object.path("properties").properties()) {
      if (field.getValue().has("default")) {
        defaults.set(field.getKey(), field.getValue().get("default"));
      } else if (field.getValue().has("properties")) {
        defaults.set(field.getKey(), defaults(field.getValue()));
      }
    }
    return defaults;
  }

  /** As Backstage renders it: what is only a parameter keeps its type, or is absent. */
  private static JsonNode rendered(JsonNode node, ObjectNode parameters) {
    if (node.isObject()) {
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      node.properties()
          .forEach(field -> result.set(field.getKey(), rendered(field.getValue(), parameters)));
      result.properties().removeIf(field -> field.getValue().isMissingNode());
      return result;
    }
    if (node.isArray()) {
      var result = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> result.add(rendered(item, parameters)));
      return result;
    }
    Matcher parameter = PARAMETER.matcher(node.asText());
    if (parameter.matches()) {
      return parameters.path(parameter.group("name"));
    }
    String computed = COMPUTED.getOrDefault(node.asText(), node.asText());
    assertThat(computed).doesNotContain("${{");
    return JsonNodeFactory.instance.textNode(computed);
  }

  @Test
  void everyFieldIsWhereTheGoldenCaseHasIt() throws Exception {
    ObjectNode expected = (ObjectNode) StrictYaml.read(Files.readString(GOLDEN)).get("spec");
    expected.remove("createdBy");

    assertThat(
            sent(
                REQUIRED
                    + """
                    modelSource: s3://models/qwen2.5-7b-instruct
                    maxModelLen: 8192
                    quantization: fp8
                    acceleratorType: L40S
                    minReplicas: 2
                    maxReplicas: 2
                    ingress: {host: models.company.com}
                    """))
        .isEqualTo(expected);
  }

  @Test
  void whatNobodyFilledInIsNotSent() throws Exception {
    JsonNode model = sent(REQUIRED).at("/args/llm_configs/0");

    assertThat(model)
        .isEqualTo(
            StrictYaml.read(
                """
                model_loading_config: {model_id: Qwen/Qwen2.5-7B-Instruct}
                deployment_config: {autoscaling_config: {min_replicas: 1, max_replicas: 1, target_ongoing_requests: 32}}
                engine_kwargs: {tensor_parallel_size: 1}
                """));
  }

  @Test
  void theServiceTakesItWithoutAWarning() throws Exception {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.putObject("metadata").put("namespace", "team-ml").put("name", "qwen");
    document.set("spec", sent(REQUIRED + "maxReplicas: 3\ngpus: 4\n"));

    given()
        .contentType("application/json")
        .queryParam("dryRun", "All")
        .body(document.toString())
        .post("/api/v1/ray-services")
        .then()
        .statusCode(200)
        .body("warnings", empty());
  }
}
