package io.github.rayservice.scaffolder.api;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.FormField;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/** Describes the fields of a form in the OpenAPI document, as the form's record declares them. */
final class FormSchemas {
  private final Map<String, Schema> schemas;
  private final Set<String> described = new LinkedHashSet<>();

  private FormSchemas(Map<String, Schema> schemas) {
    this.schemas = schemas;
  }

  /**
   * Describes every field.
   *
   * @return the names of the schemas that are objects of the form
   */
  static Set<String> complete(Map<String, Schema> schemas) {
    FormSchemas form = new FormSchemas(schemas);
    form.describe("RayService", FormField.ofDocument());
    return form.described;
  }

  private void describe(String type, List<FormField> fields) {
    described.add(type);
    Schema object = requireNonNull(schemas.get(type), type);
    for (FormField field : fields) {
      if (field.required()) {
        object.addRequired(field.name());
      }
      if (field.hasChildren()) {
        describe(field.typeName(), field.children());
      }
      object.addProperty(field.name(), schema(field));
    }
  }

  private static Schema schema(FormField field) {
    Schema schema = OASFactory.createSchema().description(field.field().value());
    switch (field.type()) {
      case OBJECT -> {
        return schema.ref("#/components/schemas/" + field.typeName());
      }
      // A text may be sent instead: it is read as YAML.
      case FREE_OBJECT ->
          schema
              .addType(SchemaType.OBJECT)
              .addType(SchemaType.STRING)
              .additionalPropertiesSchema(OASFactory.createSchema());
      case STRING_MAP ->
          schema
              .addType(SchemaType.OBJECT)
              .additionalPropertiesSchema(OASFactory.createSchema().addType(SchemaType.STRING));
      case STRING, INTEGER, NUMBER, BOOLEAN, ARRAY ->
          schema.addType(SchemaType.valueOf(field.type().name()));
    }
    set(schema, field.jsonSchema());
    if (field.type() == FormField.Type.ARRAY && field.hasChildren()) {
      schema.setItems(OASFactory.createSchema().ref("#/components/schemas/" + field.typeName()));
    }
    if (!field.field().example().isEmpty()) {
      schema.addExample(
          field.type() == FormField.Type.ARRAY
              ? List.of(field.field().example())
              : field.field().example());
    }
    return schema;
  }

  private static void set(Schema schema, JsonNode json) {
    json.properties().forEach(keyword -> set(schema, keyword.getKey(), keyword.getValue()));
  }

  private static void set(Schema schema, String keyword, JsonNode value) {
    switch (keyword) {
      case "type", "description" -> {}
      case "default" ->
          schema.setDefaultValue(
              value.isInt()
                  ? (Object) value.intValue()
                  : value.isBoolean() ? value.booleanValue() : value.asText());
      case "minLength" -> schema.setMinLength(value.intValue());
      case "maxLength" -> schema.setMaxLength(value.intValue());
      case "pattern" -> schema.setPattern(value.asText());
      case "minimum" -> schema.setMinimum(value.decimalValue());
      case "maximum" -> schema.setMaximum(value.decimalValue());
      case "enum" -> value.forEach(choice -> schema.addEnumeration(choice.asText()));
      case "maxItems" -> schema.setMaxItems(value.intValue());
      case "items" -> {
        Schema items = OASFactory.createSchema().addType(SchemaType.STRING);
        set(items, value);
        schema.setItems(items);
      }
      default ->
          throw new IllegalStateException("a keyword that OpenAPI gets no value for: " + keyword);
    }
  }
}
