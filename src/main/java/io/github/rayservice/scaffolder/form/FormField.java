package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.field.Field;
import io.github.rayservice.scaffolder.form.value.Between;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Text;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A field of the form as its record declares it: what the parser reads, and what OpenAPI, kro's
 * schema, the Backstage forms, the actions' input and the docs are generated from.
 *
 * @param typeName the name of the type of an object, or of a list's items that are objects; empty
 *     for every other type
 * @param grammar what a text takes, or each item of a list of texts; empty for every other type
 * @param limits of a number; empty for every other type
 * @param children the fields of an object, or of a list's items that are objects; empty for every
 *     other type
 */
public record FormField(
    String name,
    Type type,
    Field field,
    String typeName,
    Optional<Grammar> grammar,
    Optional<Between> limits,
    List<FormField> children) {
  /** The JSON type of a field. */
  public enum Type {
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    OBJECT,
    /** A list of texts, or of objects with the fields that the form declares. */
    ARRAY,
    /**
     * An object with any fields. A text is read as YAML, because a form can hold no such object.
     */
    FREE_OBJECT,
    /** An object with any fields, each of them a text. */
    STRING_MAP;

    /** The name that JSON schema and OpenAPI have for it. */
    public String word() {
      return this == FREE_OBJECT || this == STRING_MAP ? "object" : name().toLowerCase(Locale.ROOT);
    }
  }

  /** The fields of a whole document: {@code metadata}, {@code spec} and the two that name it. */
  public static List<FormField> ofDocument() {
    return of(RayServiceDocument.class);
  }

  /** The fields of {@code spec}. */
  public static List<FormField> ofSpec() {
    return of(RayServiceForm.class);
  }

  /** The fields that a language model without code has beside some of {@code spec}. */
  public static List<FormField> ofLanguageModel() {
    return of(LanguageModelForm.class);
  }

  private static List<FormField> of(Class<?> form) {
    return Arrays.stream(form.getRecordComponents()).map(FormField::of).toList();
  }

  private static FormField of(RecordComponent component) {
    Type type = type(component.getType());
    AnnotatedType described =
        type == Type.ARRAY
                && component.getAnnotatedType() instanceof AnnotatedParameterizedType list
            ? list.getAnnotatedActualTypeArguments()[0]
            : component.getAnnotatedType();
    Class<?> item = described.getType() instanceof Class<?> plain ? plain : component.getType();
    Text text =
        type == Type.ARRAY
            ? described.getAnnotation(Text.class)
            : component.getAnnotation(Text.class);
    return new FormField(
        component.getName(),
        type,
        Objects.requireNonNull(component.getAnnotation(Field.class), component.getName()),
        item.isRecord() ? item.getAnnotation(Schema.class).name() : "",
        Optional.ofNullable(text).map(Text::value),
        Optional.ofNullable(component.getAnnotation(Between.class)),
        item.isRecord() ? of(item) : List.of());
  }

  private static Type type(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return Type.INTEGER;
    }
    if (type == BigDecimal.class) {
      return Type.NUMBER;
    }
    if (type == boolean.class) {
      return Type.BOOLEAN;
    }
    if (type == List.class) {
      return Type.ARRAY;
    }
    if (type == Map.class) {
      return Type.STRING_MAP;
    }
    if (type == JsonNode.class) {
      return Type.FREE_OBJECT;
    }
    return type.isRecord() ? Type.OBJECT : Type.STRING;
  }

  /** Whether a form must have it. */
  public boolean required() {
    return field.required() && !field.filledIn();
  }

  /** Whether it is an object with declared fields, or a list of such objects. */
  public boolean hasChildren() {
    return !children.isEmpty();
  }

  /**
   * The value of an absent field; empty for a field that is required or optional, and for an
   * object, which is then read as an empty object.
   */
  public Optional<String> defaultValue() {
    return field.required() || field.optional() || type == Type.OBJECT
        ? Optional.empty()
        : Optional.of(field.defaultValue());
  }

  /**
   * The field as JSON schema (draft 7), with its default and its limits, without its children and
   * without whether it is required, which JSON schema says at the parent.
   */
  public ObjectNode jsonSchema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema.put("type", type.word()).put("description", field.value());
    defaultValue()
        .ifPresent(text -> {
          switch (type) {
            case INTEGER -> schema.put("default", Integer.parseInt(text));
            case BOOLEAN -> schema.put("default", Boolean.parseBoolean(text));
            default -> schema.put("default", text);
          }
        });
    if (type == Type.ARRAY) {
      schema.put("maxItems", field.maxItems());
      grammar.ifPresent(text -> limit(schema.putObject("items").put("type", "string"), text));
    } else {
      grammar.ifPresent(text -> limit(schema, text));
    }
    if (field.choices().length > 0) {
      ArrayNode choices = schema.putArray("enum");
      Arrays.stream(field.choices()).forEach(choices::add);
    }
    limits.ifPresent(limit -> {
      limit(schema, "minimum", limit.min());
      limit(schema, "maximum", limit.max());
    });
    return schema;
  }

  private static void limit(ObjectNode schema, Grammar text) {
    if (text.minLength() > 0) {
      schema.put("minLength", text.minLength());
    }
    schema.put("maxLength", text.maxLength()).put("pattern", text.pattern());
  }

  private static void limit(ObjectNode schema, String keyword, double limit) {
    if (limit == Math.rint(limit) && Math.abs(limit) <= Integer.MAX_VALUE) {
      schema.put(keyword, (int) limit);
    } else if (Double.isFinite(limit)) {
      schema.put(keyword, limit);
    }
  }
}
