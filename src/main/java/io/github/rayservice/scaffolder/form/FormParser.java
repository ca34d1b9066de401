package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * The first check of a document: are the fields known and of the right type, and does every text
 * keep the text rules? Fields without a violation are copied, with defaults, into a tree that binds
 * to the record.
 */
final class FormParser {
  private static final int MAX_DISTANCE = 3;

  private final TextRule textRule;
  private final List<Violation> violations = new ArrayList<>();
  private final List<Violation> absent = new ArrayList<>();

  /** What a text must keep before its field's own patterns see it. */
  interface TextRule {
    /** The rule that the text breaks, if it breaks one. */
    Optional<Violation> check(FormField field, String path, String text);
  }

  /** A parser for one document. */
  FormParser(TextRule textRule) {
    this.textRule = textRule;
  }

  /** In the order of the document. */
  List<Violation> violations() {
    return violations;
  }

  /** Of the required fields that the document does not have, in the order of the form. */
  List<Violation> absent() {
    return absent;
  }

  ObjectNode read(JsonNode node, List<FormField> fields, String path) {
    ObjectNode clean = JsonNodeFactory.instance.objectNode();
    if (!node.isObject()) {
      if (!node.isMissingNode() && !node.isNull()) {
        add(path.isEmpty() ? "(document)" : path, node, "must be an object with fields");
      }
    } else {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        if (fields.stream().noneMatch(f -> f.name().equals(entry.getKey()))) {
          violations.add(
              unknown(join(path, entry.getKey()), entry.getKey(), entry.getValue(), fields));
        }
      }
    }
    for (FormField field : fields) {
      readField(node.path(field.name()), field, join(path, field.name()), clean);
    }
    return clean;
  }

  private void readField(JsonNode value, FormField field, String path, ObjectNode clean) {
    switch (field.type()) {
      case OBJECT -> clean.set(field.name(), read(value, field.children(), path));
      case STRING -> {
        if (value.isTextual()) {
          textRule
              .check(field, path, value.textValue())
              .ifPresentOrElse(violations::add, () -> clean.set(field.name(), value));
        } else if (isAbsent(value)) {
          field.defaultValue().ifPresent(text -> clean.put(field.name(), text));
          field.checkPresence(path).ifPresent(absent::add);
        } else if (value.isValueNode()) {
          add(path, value, "must be text: write it in quotes, \"" + value.asText() + "\"");
        } else {
          add(path, value, "must be text");
        }
      }
      case INTEGER -> {
        // For JSON Schema, and so for OpenAPI and kro, 2.0 is a whole number.
        if (value.canConvertToInt() && value.canConvertToExactIntegral()) {
          clean.put(field.name(), value.intValue());
        } else if (isAbsent(value)) {
          field.defaultValue().ifPresent(text -> clean.put(field.name(), Integer.parseInt(text)));
        } else {
          add(path, value, "must be a whole number, without quotes");
        }
      }
    }
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private void add(String path, JsonNode value, String rule) {
    String text = text(value);
    violations.add(
        TextRules.looksLikeSecret(text)
            ? Violation.withoutValue(path, rule, "type of the field")
            : Violation.of(path, text, rule, "type of the field"));
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  private static Violation unknown(
      String path, String name, JsonNode value, List<FormField> fields) {
    String known = String.join(", ", fields.stream().map(FormField::name).toList());
    String rule =
        nearest(name, fields)
            .map(n -> "is not a field; did you mean " + n + "?")
            .orElse("is not a field; known fields: " + known);
    String text = text(value);
    Violation violation = Violation.of(path, text, rule, "schema of the Ray Service form");
    return TextRules.looksLikeSecret(text) || TextRules.looksLikeSecret(path)
        ? Violation.withoutValue("(an unknown field)", rule, violation.source())
        : violation;
  }

  private static Optional<String> nearest(String name, List<FormField> fields) {
    LevenshteinDistance distance = new LevenshteinDistance(MAX_DISTANCE);
    String lowerCase = name.toLowerCase(Locale.ROOT);
    record Guess(String name, int distance) {}
    return fields.stream()
        .map(f -> new Guess(f.name(), distance.apply(lowerCase, f.name().toLowerCase(Locale.ROOT))))
        // When more than half of the letters differ, it is another name and not a typing error.
        .filter(g -> g.distance() >= 0 && g.distance() * 2 <= g.name().length())
        .min(Comparator.comparingInt(Guess::distance))
        .map(Guess::name);
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
