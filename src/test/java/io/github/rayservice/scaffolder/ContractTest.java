package io.github.rayservice.scaffolder;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.junit.jupiter.api.Test;

/**
 * The form is declared four times: as a record, for kro, in OpenAPI and as a Backstage template.
 * All four must be equal.
 */
@QuarkusTest
class ContractTest {
  private static final Path DEFINITION = Path.of("k8s/platform/resource-graph-definition.yaml");

  /** The rules of one field; a rule that the field does not have is empty. */
  private record Field(
      String type,
      boolean required,
      String defaultValue,
      String pattern,
      String minimum,
      String maximum,
      String minLength,
      String maxLength,
      String description) {
    Field optional() {
      return new Field(
          type, false, defaultValue, pattern, minimum, maximum, minLength, maxLength, description);
    }
  }

  @Test
  void theKroSchemaEqualsTheRecord() throws IOException {
    JsonNode schema = new YAMLMapper().readTree(DEFINITION.toFile()).path("spec").path("schema");

    Map<String, Field> kro = kro(schema.path("spec"), schema.path("types"), "");

    assertThat(kro).isEqualTo(record(RayServiceForm.class, ""));
  }

  @Test
  void theOpenApiSchemaEqualsTheRecord() throws IOException {
    String document = given().accept("application/json").get("/q/openapi").asString();
    JsonNode schemas = new ObjectMapper().readTree(document).path("components").path("schemas");

    Map<String, Field> openApi = openApi(schemas.path("RayServiceSpec"), schemas, "");

    assertThat(openApi).isEqualTo(record(RayServiceForm.class, ""));
  }

  /**
   * The form has no createdBy, because the service takes it from the caller's token. The namespace
   * may be empty, because the template has a default for it.
   */
  @Test
  void theBackstageFormEqualsTheRecord() {
    JsonNode schema = given().get("/backstage-templates/rayservice/schema.json").as(JsonNode.class);

    Map<String, Field> template = openApi(schema, schema, "");

    assertThat(Objects.requireNonNull(template.remove("team")).required()).isTrue();
    assertThat(Objects.requireNonNull(template.remove("instance")).pattern())
        .isEqualTo(RayServiceId.DNS_1035_LABEL);
    Map<String, Field> form = record(RayServiceForm.class, "");
    form.remove("createdBy");
    form.computeIfPresent("namespace", (name, field) -> field.optional());
    assertThat(template).isEqualTo(form);
  }

  @Test
  void everyFieldIsDescribed() {
    Map<String, Field> fields = record(RayServiceForm.class, "");

    assertThat(fields).hasSize(11 + 6);
    assertThat(fields.values())
        .allSatisfy(field -> assertThat(field.description()).isNotBlank())
        .allSatisfy(
            field -> assertThat(field.required()).isEqualTo(field.defaultValue().equals("none")));
  }

  @Test
  void theElevenFieldsOfTheReadmeHaveItsTypesAndDefaults() {
    Map<String, Field> fields = record(RayServiceForm.class, "");
    String[][] readme = {
      {"name", "string", "none"},
      {"namespace", "string", "none"},
      {
        "rayServeFile",
        "string",
        "https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip"
      },
      {"replicas", "integer", "2"},
      {"resources.head.cpu", "string", "1"},
      {"resources.head.memory", "string", "2Gi"},
      {"resources.worker.cpu", "string", "500m"},
      {"resources.worker.memory", "string", "1Gi"},
      {"gitlab.hostname", "string", "none"},
      {"gitlab.username", "string", "none"},
      {"createdBy", "string", "unknown"},
    };

    for (String[] expected : readme) {
      Field field = Objects.requireNonNull(fields.get(expected[0]), expected[0]);
      assertThat(field.type()).as(expected[0]).isEqualTo(expected[1]);
      assertThat(field.defaultValue()).as(expected[0]).isEqualTo(expected[2]);
    }
  }

  /** kro refuses a definition in which a required object has no named type. */
  @Test
  void anObjectWithRequiredFieldsIsRequiredItself() throws IOException {
    JsonNode schema =
        new YAMLMapper().readTree(Files.readString(DEFINITION, UTF_8)).path("spec").path("schema");

    assertThat(schema.path("spec").path("gitlab").asText()).isEqualTo("Gitlab | required=true");
  }

  private static Map<String, Field> record(Class<?> form, String prefix) {
    Map<String, Field> fields = new TreeMap<>();
    for (RecordComponent component : form.getRecordComponents()) {
      String path = prefix + component.getName();
      if (component.getType().isRecord()) {
        fields.putAll(record(component.getType(), path + "."));
      } else {
        fields.put(path, field(component));
      }
    }
    return fields;
  }

  private static Field field(RecordComponent component) {
    Schema schema = component.getAccessor().getAnnotation(Schema.class);
    boolean required = component.getAccessor().isAnnotationPresent(NotNull.class);
    Optional<Size> size = find(component, Size.class);
    return new Field(
        component.getType() == int.class ? "integer" : "string",
        required,
        required ? "none" : schema.defaultValue(),
        text(find(component, Pattern.class), Pattern::regexp),
        text(find(component, Min.class), Min::value),
        text(find(component, Max.class), Max::value),
        text(size.filter(s -> s.min() > 0), Size::min),
        text(size, Size::max),
        schema.description());
  }

  private static <A extends Annotation> Optional<A> find(RecordComponent component, Class<A> type) {
    return Optional.ofNullable(component.getAccessor().getAnnotation(type));
  }

  private static <A> String text(Optional<A> annotation, Function<A, ?> value) {
    return annotation.map(value).map(String::valueOf).orElse("");
  }

  private static Map<String, Field> kro(JsonNode fields, JsonNode types, String prefix) {
    Map<String, Field> result = new TreeMap<>();
    fields
        .properties()
        .forEach(entry -> {
          String path = prefix + entry.getKey();
          if (entry.getValue().isObject()) {
            result.putAll(kro(entry.getValue(), types, path + "."));
            return;
          }
          String[] parts = entry.getValue().asText().split("\\|", 2);
          String type = parts[0].strip();
          if (types.has(type)) {
            result.putAll(kro(types.path(type), types, path + "."));
          } else {
            result.put(path, kroField(type, markers(parts[1])));
          }
        });
    return result;
  }

  /** kro's markers {@code name=value} or {@code name="value"}, separated by spaces. */
  private static Map<String, String> markers(String text) {
    return java.util.regex.Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|(\\S+))")
        .matcher(text)
        .results()
        .collect(
            TreeMap::new, (map, match) -> map.put(match.group(1), value(match)), TreeMap::putAll);
  }

  private static String value(MatchResult match) {
    return match.group(2) == null ? match.group(3) : match.group(2);
  }

  private static Field kroField(String type, Map<String, String> markers) {
    boolean required = markers.getOrDefault("required", "false").equals("true");
    return new Field(
        type,
        required,
        markers.getOrDefault("default", "none"),
        markers.getOrDefault("pattern", ""),
        markers.getOrDefault("minimum", ""),
        markers.getOrDefault("maximum", ""),
        markers.getOrDefault("minLength", ""),
        markers.getOrDefault("maxLength", ""),
        markers.getOrDefault("description", ""));
  }

  /** The type of a field that may be null, which OpenAPI has as one of two. */
  private static JsonNode withoutNull(JsonNode field) {
    if (field.path("type").isArray()) {
      ObjectNode typed = field.deepCopy();
      return typed.set("type", field.path("type").path(0));
    }
    return field.has("anyOf") ? field.path("anyOf").path(0) : field;
  }

  private static Map<String, Field> openApi(JsonNode object, JsonNode schemas, String prefix) {
    String required =
        object.path("required").valueStream().map(JsonNode::asText).collect(joining(",", ",", ","));
    Map<String, Field> result = new TreeMap<>();
    object
        .path("properties")
        .properties()
        .forEach(entry -> {
          String path = prefix + entry.getKey();
          JsonNode field = withoutNull(entry.getValue());
          if (field.has("$ref") || field.has("properties")) {
            String name = field.path("$ref").asText().replace("#/components/schemas/", "");
            JsonNode type = name.isEmpty() ? field : schemas.path(name);
            Map<String, Field> nested = openApi(type, schemas, path + ".");
            assertThat(required.contains("," + entry.getKey() + ","))
                .as(path + " is required when a field of it is")
                .isEqualTo(nested.values().stream().anyMatch(Field::required));
            result.putAll(nested);
          } else {
            result.put(
                path,
                new Field(
                    field.path("type").asText(),
                    required.contains("," + entry.getKey() + ","),
                    field.has("default") ? field.path("default").asText() : "none",
                    field.path("pattern").asText(),
                    field.path("minimum").asText(),
                    field.path("maximum").asText(),
                    field.path("minLength").asText(),
                    field.path("maxLength").asText(),
                    field.path("description").asText()));
          }
        });
    return result;
  }
}
