package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A field of the form as its record declares it: what the parser reads, and what OpenAPI, kro's
 * schema, the Backstage forms, the actions' input and the docs are generated from.
 *
 * @param typeName the name of an object's type; empty for every other type
 * @param grammar what a text takes; empty for every other type
 * @param limits of a number; empty for every other type
 * @param children the fields of an object; empty for every other type
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
    OBJECT;

    /** The name that JSON schema, OpenAPI and kro have for it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
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

  private static List<FormField> of(Class<?> form) {
    return Arrays.stream(form.getRecordComponents()).map(FormField::of).toList();
  }

  private static FormField of(RecordComponent component) {
    Class<?> type = component.getType();
    boolean object = type.isRecord();
    return new FormField(
        component.getName(),
        object ? Type.OBJECT : type == int.class ? Type.INTEGER : Type.STRING,
        Objects.requireNonNull(component.getAnnotation(Field.class), component.getName()),
        object ? type.getAnnotation(Schema.class).name() : "",
        Optional.ofNullable(component.getAnnotation(Text.class)).map(Text::value),
        Optional.ofNullable(component.getAnnotation(Between.class)),
        object ? of(type) : List.of());
  }

  /**
   * The value of an absent field; empty for a required field and for an object, which is then read
   * as an empty object.
   */
  public Optional<String> defaultValue() {
    return field.required() || type == Type.OBJECT
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
          if (type == Type.INTEGER) {
            schema.put("default", Integer.parseInt(text));
          } else {
            schema.put("default", text);
          }
        });
    grammar.ifPresent(text -> {
      if (text.minLength() > 0) {
        schema.put("minLength", text.minLength());
      }
      schema.put("maxLength", text.maxLength()).put("pattern", text.pattern());
    });
    limits.ifPresent(limit -> schema.put("minimum", limit.min()).put("maximum", limit.max()));
    return schema;
  }
}
