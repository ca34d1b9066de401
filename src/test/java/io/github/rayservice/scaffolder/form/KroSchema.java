package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The form as kro's SimpleSchema: {@code spec} and {@code types} of a definition's schema. */
final class KroSchema {
  private static final String POSITIVE =
      "validation=\"quantity(self).isGreaterThan(quantity('0'))\"";

  /** kro can require an object only when it has a named type. */
  private final Map<String, List<FormField>> types = new TreeMap<>();

  private final StringBuilder text = new StringBuilder();

  private KroSchema() {}

  static String text() {
    KroSchema schema = new KroSchema();
    schema.line(4, "spec:");
    schema.fields(FormField.ofSpec(), 6);
    if (!schema.types.isEmpty()) {
      schema.line(4, "types:");
      new TreeMap<>(schema.types)
          .forEach((name, fields) -> {
            schema.line(6, name + ":");
            schema.fields(fields, 8);
          });
    }
    return schema.text.toString();
  }

  private void fields(List<FormField> fields, int column) {
    for (FormField field : fields) {
      if (field.type() != FormField.Type.OBJECT) {
        line(column, field.name() + ": '" + markers(field).replace("'", "''") + "'");
      } else if (field.field().required()) {
        types.put(field.typeName(), field.children());
        line(column, field.name() + ": " + field.typeName() + " | required=true");
      } else {
        line(column, field.name() + ":");
        fields(field.children(), column + 2);
      }
    }
  }

  private static String markers(FormField field) {
    List<String> markers = new ArrayList<>();
    if (field.field().required()) {
      markers.add("required=true");
    }
    if (field.field().immutable()) {
      markers.add("immutable=true");
    }
    JsonNode schema = field.jsonSchema();
    for (String keyword :
        List.of("default", "minLength", "maxLength", "minimum", "maximum", "pattern")) {
      if (schema.has(keyword)) {
        // Quotes included, where the value is a text.
        JsonNode value = schema.path(keyword);
        markers.add(
            keyword + "=" + (value.isTextual() ? '"' + value.asText() + '"' : value.asText()));
      }
    }
    if (field.grammar().filter(Grammar::isQuantity).isPresent()) {
      markers.add(POSITIVE);
    }
    markers.add("description=\"" + field.field().value() + '"');
    return field.type().word() + " | " + String.join(" ", markers);
  }

  private void line(int column, String line) {
    text.append(" ".repeat(column)).append(line).append('\n');
  }
}
