package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.Grammar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.lang3.StringUtils;

/** The form as kro's SimpleSchema: {@code spec} and {@code types} of a definition's schema. */
final class KroSchema {
  private static final String POSITIVE =
      "validation=\"quantity(self).isGreaterThan(quantity('0'))\"";

  /**
   * The lines of each type. An object has one when it may be absent or has to be present, and so
   * have the items of a list: only there kro takes rules for them.
   */
  private final Map<String, String> types = new TreeMap<>();

  private KroSchema() {}

  static String text() {
    KroSchema schema = new KroSchema();
    StringBuilder text = new StringBuilder("    spec:\n");
    text.append(schema.fields(FormField.ofSpec(), 6));
    text.append("    types:\n");
    schema.types.values().forEach(text::append);
    return text.toString();
  }

  private String fields(List<FormField> fields, int column) {
    StringBuilder text = new StringBuilder();
    for (FormField field : fields) {
      Field rules = field.field();
      if (field.type() == FormField.Type.OBJECT && !rules.required() && !rules.optional()) {
        text.append(line(column, field.name() + ":"));
        text.append(fields(field.children(), column + 2));
      } else {
        text.append(
            line(
                column,
                field.name()
                    + ": '"
                    + (type(field) + " | " + markers(field)).replace("'", "''")
                    + "'"));
      }
    }
    return text.toString();
  }

  private String type(FormField field) {
    return switch (field.type()) {
      case STRING, INTEGER, BOOLEAN -> field.type().word();
      case NUMBER -> "float";
      case FREE_OBJECT -> "object";
      case STRING_MAP -> "map[string]string";
      case OBJECT -> objectType(field);
      case ARRAY ->
          "[]"
              + (field.hasChildren() ? objectType(field) : textType(field.grammar().orElseThrow()));
    };
  }

  private String objectType(FormField field) {
    types.put(field.typeName(), line(6, field.typeName() + ":") + fields(field.children(), 8));
    return field.typeName();
  }

  private String textType(Grammar grammar) {
    String name = StringUtils.capitalize(grammar.name().toLowerCase(java.util.Locale.ROOT));
    types.put(
        name,
        line(
            6,
            "%s: 'string | minLength=%d maxLength=%d pattern=\"%s\"'"
                .formatted(name, grammar.minLength(), grammar.maxLength(), grammar.pattern())));
    return name;
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
        List.of("default", "minLength", "maxLength", "minimum", "maximum", "maxItems", "pattern")) {
      if (schema.has(keyword)) {
        // Quotes included, where the value is a text.
        JsonNode value = schema.path(keyword);
        markers.add(
            keyword + "=" + (value.isTextual() ? '"' + value.asText() + '"' : value.asText()));
      }
    }
    if (!field.field().key().isEmpty()) {
      markers.add("listType=map listMapKey=" + field.field().key());
    }
    if (field.grammar().filter(Grammar::isQuantity).isPresent()) {
      markers.add(POSITIVE);
    }
    if (!field.field().validation().isEmpty()) {
      markers.add("validation=\"" + field.field().validation() + '"');
    }
    markers.add("description=\"" + field.field().value() + '"');
    return String.join(" ", markers);
  }

  private static String line(int column, String line) {
    return " ".repeat(column) + line + "\n";
  }
}
