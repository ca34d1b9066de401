package io.github.rayservice.scaffolder.api;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.FormField;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/** Describes the fields of a form in the OpenAPI document, as the form's record declares them. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class FormSchemas implements OASFilter {
  @Override
  public void filterOpenAPI(OpenAPI document) {
    describe("RayService", FormField.ofDocument(), document.getComponents().getSchemas());
  }

  private static void describe(String type, List<FormField> fields, Map<String, Schema> schemas) {
    Schema object = requireNonNull(schemas.get(type), type);
    for (FormField field : fields) {
      if (field.field().required()) {
        object.addRequired(field.name());
      }
      if (field.type() == FormField.Type.OBJECT) {
        requireNonNull(object.getProperties().get(field.name()), field.name())
            .setDescription(field.field().value());
        describe(field.typeName(), field.children(), schemas);
      } else {
        object.addProperty(field.name(), schema(field));
      }
    }
  }

  private static Schema schema(FormField field) {
    JsonNode json = field.jsonSchema();
    Schema schema =
        OASFactory.createSchema()
            .addType(SchemaType.valueOf(field.type().name()))
            .description(field.field().value());
    json.properties().forEach(keyword -> set(schema, keyword.getKey(), keyword.getValue()));
    if (!field.field().example().isEmpty()) {
      schema.addExample(field.field().example());
    }
    return schema;
  }

  private static void set(Schema schema, String keyword, JsonNode value) {
    switch (keyword) {
      case "type", "description" -> {}
      case "default" -> schema.setDefaultValue(value.isInt() ? value.intValue() : value.asText());
      case "minLength" -> schema.setMinLength(value.intValue());
      case "maxLength" -> schema.setMaxLength(value.intValue());
      case "pattern" -> schema.setPattern(value.asText());
      case "minimum" -> schema.setMinimum(BigDecimal.valueOf(value.intValue()));
      case "maximum" -> schema.setMaximum(BigDecimal.valueOf(value.intValue()));
      default ->
          throw new IllegalStateException("a keyword that OpenAPI gets no value for: " + keyword);
    }
  }
}
