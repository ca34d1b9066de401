package io.github.rayservice.scaffolder.form.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.github.rayservice.scaffolder.form.value.NearestName;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A JSON schema of Ray's own, exported by a script of {@code src/main/ray}. */
public final class RaySchema {
  /** The release whose schemas are kept. */
  public static final String RELEASE = "2.60.0";

  private final JsonSchema schema;
  private final JsonNode document;
  private final String source;

  /**
   * Loads a schema.
   *
   * @param file an absolute path on the class path
   * @param source the system that its rules come from
   */
  public RaySchema(String file, String source) {
    try (InputStream text =
        Objects.requireNonNull(RaySchema.class.getResourceAsStream(file), file)) {
      this.document = new ObjectMapper().readTree(text);
      this.schema =
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
              .getSchema(document, SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.source = source;
  }

  /**
   * The rules that the value breaks.
   *
   * @param path of the value from the document's root
   */
  public List<Violation> check(String path, JsonNode value) {
    return schema.validate(value).stream()
        .filter(message -> !isAboutNull(message))
        .sorted()
        .map(message -> violation(path, message))
        .toList();
  }

  /**
   * The keys that the schema has no field for, of objects whose fields it lists and that may have
   * others. Ray takes them and passes over them.
   *
   * @param path of the value from the document's root
   */
  List<Violation> unknownKeys(String path, JsonNode value) {
    List<Violation> found = new ArrayList<>();
    addUnknownKeys(path, document, value, found);
    return found;
  }

  private void addUnknownKeys(
      String path, JsonNode schemaOfValue, JsonNode value, List<Violation> found) {
    if (schemaOfValue.has("$ref")) {
      String pointer = schemaOfValue.path("$ref").asText().substring(1);
      addUnknownKeys(path, document.at(pointer), value, found);
    }
    // One of them is the value's, and the others are of another type.
    for (JsonNode alternative : schemaOfValue.path("anyOf")) {
      addUnknownKeys(path, alternative, value, found);
    }
    JsonNode fields = schemaOfValue.path("properties");
    if (value.isObject() && fields.isObject()) {
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        String inner = path + "." + entry.getKey();
        if (fields.has(entry.getKey())) {
          addUnknownKeys(inner, fields.get(entry.getKey()), entry.getValue(), found);
        } else {
          found.add(unknownKey(inner, entry.getKey(), fields));
        }
      }
    }
    if (value.isArray() && schemaOfValue.has("items")) {
      for (int i = 0; i < value.size(); i++) {
        addUnknownKeys(path + "[" + i + "]", schemaOfValue.path("items"), value.get(i), found);
      }
    }
  }

  private Violation unknownKey(String path, String key, JsonNode fields) {
    List<String> known = fields.properties().stream().map(Map.Entry::getKey).toList();
    String guess = NearestName.of(key, known).map(n -> "; did you mean " + n + "?").orElse("");
    return Violation.withoutValue(
        path, "is not a field of Ray, which passes over it" + guess, source);
  }

  /** Of a value that may be null, the schema says twice what is wrong. */
  private static boolean isAboutNull(ValidationMessage message) {
    return message.getType().equals("type") && message.getError().endsWith("null expected");
  }

  private Violation violation(String path, ValidationMessage message) {
    String field = path + fields(message.getInstanceLocation());
    JsonNode value = message.getInstanceNode();
    String rule = "is not what Ray takes: " + message.getError();
    return value == null || !value.isValueNode()
        ? Violation.withoutValue(field, rule, source)
        : Violation.of(field, value.asText(), rule, source);
  }

  /** Such as {@code .applications[0].name}. */
  private static String fields(JsonNodePath location) {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < location.getNameCount(); i++) {
      Object element = location.getElement(i);
      fields.append(element instanceof Integer index ? "[" + index + "]" : "." + element);
    }
    return fields.toString();
  }
}
