package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.FreeObjects;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.NearestName;
import io.github.rayservice.scaffolder.form.value.TextRules;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * The first check of a document: are the fields known and of the right type, and does every text
 * keep the text rules? Fields without a violation are copied, with defaults, into a tree that binds
 * to the record.
 */
final class FormParser {
  /** Of one kind: a body holds some 30,000 unknown fields or wrong labels. */
  private static final int MAX_MISTAKES = 100;

  private final BiFunction<String, String, Optional<Violation>> textRule;
  private final BiFunction<String, JsonNode, List<Violation>> freeRule;
  private final Predicate<FormField> required;
  private final boolean isForm;
  private final List<Violation> violations = new ArrayList<>();
  private int unknownFields;
  private int notListed;

  /**
   * A parser for one document.
   *
   * @param textRule maps a field's path and its text to the rule that it breaks
   * @param freeRule maps the path and the value of a free object or text to the rules that it
   *     breaks
   * @param required whether a document must have a field
   * @param isForm whether a text may be no longer than its field
   */
  private FormParser(
      BiFunction<String, String, Optional<Violation>> textRule,
      BiFunction<String, JsonNode, List<Violation>> freeRule,
      Predicate<FormField> required,
      boolean isForm) {
    this.textRule = textRule;
    this.freeRule = freeRule;
    this.required = required;
    this.isForm = isForm;
  }

  /** A parser for a form: all that it says is checked. */
  static FormParser ofForm() {
    return new FormParser(TextRules::check, FreeObjects::check, FormField::required, true);
  }

  /** A parser for a file in Git: it must have what kro requires, of the right types. */
  static FormParser ofFile() {
    return new FormParser(
        (field, text) -> Optional.empty(),
        (field, object) -> List.of(),
        field -> field.field().required(),
        false);
  }

  /** In the order of the document. */
  List<Violation> violations() {
    return violations;
  }

  /** How many mistakes there are beside those that are listed. */
  int notListed() {
    return notListed;
  }

  ObjectNode read(JsonNode node, List<FormField> fields, String path) {
    ObjectNode clean = JsonNodeFactory.instance.objectNode();
    if (!node.isObject()) {
      if (!node.isMissingNode() && !node.isNull()) {
        add(path.isEmpty() ? "(document)" : path, node, "must be an object with fields");
      }
    } else {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        if (fields.stream().anyMatch(f -> f.name().equals(entry.getKey()))) {
          continue;
        }
        if (++unknownFields > MAX_MISTAKES) {
          notListed++;
        } else {
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
      case OBJECT -> {
        if (!field.field().optional() || !isAbsent(value)) {
          clean.set(field.name(), read(value, field.children(), path));
        }
      }
      case STRING -> {
        if (value.isTextual()) {
          List<Violation> broken = brokenBy(path, value, field.grammar());
          violations.addAll(broken);
          if (broken.isEmpty()) {
            clean.set(field.name(), value);
          }
        } else if (isAbsent(value)) {
          defaultValue(field, path).ifPresent(text -> clean.put(field.name(), text));
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
          defaultValue(field, path)
              .ifPresent(text -> clean.put(field.name(), Integer.parseInt(text)));
        } else {
          add(path, value, "must be a whole number, without quotes");
        }
      }
      case NUMBER -> {
        if (value.isNumber() && isPlain(value.doubleValue())) {
          clean.put(field.name(), plain(value.decimalValue()));
        } else if (!isAbsent(value)) {
          add(path, value, "must be a number between 1e-9 and 9e18, without quotes");
        }
      }
      case BOOLEAN -> {
        if (value.isBoolean()) {
          clean.set(field.name(), value);
        } else if (isAbsent(value)) {
          defaultValue(field, path)
              .ifPresent(text -> clean.put(field.name(), Boolean.parseBoolean(text)));
        } else {
          add(path, value, "must be true or false, without quotes");
        }
      }
      case ARRAY -> {
        if (value.isArray() && value.size() <= field.field().maxItems()) {
          clean.set(field.name(), readItems(value, field, path));
        } else if (value.isArray()) {
          violations.add(
              Violation.withoutValue(
                  path,
                  "must have at most %d items (has %d)"
                      .formatted(field.field().maxItems(), value.size()),
                  BrokenRule.POLICY));
        } else if (!isAbsent(value)) {
          add(path, value, "must be a list");
        }
      }
      case FREE_OBJECT -> readFreeObject(value, field, path, clean);
      case STRING_MAP -> readMap(value, path, clean.putObject(field.name()));
    }
  }

  /** A text that is longer than its field is not looked at any further. */
  private List<Violation> brokenBy(String path, JsonNode text, Optional<Grammar> grammar) {
    String value = text.textValue();
    return grammar
        .filter(limit -> isForm && value.length() > 2 * limit.maxLength())
        .flatMap(limit -> limit.check(value))
        .map(broken -> List.of(Violation.ofRequest(path, value, broken.rule(), broken.source())))
        .orElseGet(() ->
            grammar.filter(Grammar::isFree).isPresent()
                ? freeRule.apply(path, text)
                : textRule.apply(path, value).stream().toList());
  }

  private ArrayNode readItems(JsonNode list, FormField field, String path) {
    ArrayNode clean = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < list.size(); i++) {
      String item = path + "[" + i + "]";
      if (field.hasChildren() && list.get(i).isObject()) {
        clean.add(read(list.get(i), field.children(), item));
      } else if (field.hasChildren()) {
        add(item, list.get(i), "must be an object with fields");
        clean.addObject();
      } else if (list.get(i).isTextual()) {
        // An item that breaks a rule stays, so that the places of the others are right.
        violations.addAll(brokenBy(item, list.get(i), field.grammar()));
        clean.add(list.get(i));
      } else {
        add(item, list.get(i), "must be text");
        clean.addNull();
      }
    }
    return clean;
  }

  private void readMap(JsonNode value, String path, ObjectNode clean) {
    if (isAbsent(value)) {
      return;
    }
    if (!value.isObject()) {
      add(path, value, "must be an object with texts");
      return;
    }
    List<Violation> broken = freeRule.apply(path, value);
    violations.addAll(broken);
    if (!broken.isEmpty()) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      if (entry.getValue().isTextual()) {
        clean.set(entry.getKey(), entry.getValue());
      } else if (violations.size() < MAX_MISTAKES) {
        add(join(path, entry.getKey()), entry.getValue(), "must be text: write it in quotes");
      } else {
        notListed++;
      }
    }
  }

  private void readFreeObject(JsonNode value, FormField field, String path, ObjectNode clean) {
    if (isAbsent(value)) {
      return;
    }
    JsonNode object = value;
    if (value.isTextual()) {
      try {
        object = StrictYaml.read(value.textValue());
      } catch (JsonProcessingException e) {
        violations.add(
            Violation.withoutValue(
                path,
                "must be an object, or such an object as YAML: " + said(e),
                "type of the field"));
        return;
      }
      if (object.isMissingNode() || object.isNull()) {
        return;
      }
    }
    if (!object.isObject()) {
      add(path, value, "must be an object, or such an object as YAML");
      return;
    }
    List<Violation> broken = freeRule.apply(path, object);
    if (broken.isEmpty()) {
      clean.set(field.name(), object);
    }
    violations.addAll(broken);
  }

  /** The parser's words on one line, without the text that it read, which may hold a secret. */
  private static String said(JsonProcessingException e) {
    String words = e.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
    JsonLocation at = e.getLocation();
    return at == null
        ? words
        : "%s (line %d, column %d)".formatted(words, at.getLineNr(), at.getColumnNr());
  }

  /** Whether a number has few digits: each field of the form means parts of one up to bytes. */
  private static boolean isPlain(double number) {
    return Math.abs(number) <= Long.MAX_VALUE && (number == 0 || Math.abs(number) >= 1e-9);
  }

  /** One number has one form, so that it is read back as it was written. */
  private static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0, RoundingMode.UNNECESSARY) : stripped;
  }

  private Optional<String> defaultValue(FormField field, String path) {
    if (required.test(field)) {
      violations.add(
          Violation.withoutValue(path, "is required", "kro: a required field of the kro instance"));
    }
    return field.defaultValue();
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private void add(String path, JsonNode value, String rule) {
    violations.add(Violation.ofRequest(path, text(value), rule, "type of the field"));
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  private static Violation unknown(
      String path, String name, JsonNode value, List<FormField> fields) {
    List<String> known = fields.stream().map(FormField::name).toList();
    String rule =
        NearestName.of(TextRules.head(name), known)
            .map(n -> "is not a field; did you mean " + n + "?")
            .orElse("is not a field; known fields: " + String.join(", ", known));
    String text = text(value);
    Violation violation =
        Violation.of(TextRules.head(path), text, rule, "schema of the Ray Service form");
    return TextRules.looksLikeSecret(TextRules.head(text))
            || TextRules.looksLikeSecret(TextRules.head(path))
        ? Violation.withoutValue("(an unknown field)", rule, violation.source())
        : violation;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
