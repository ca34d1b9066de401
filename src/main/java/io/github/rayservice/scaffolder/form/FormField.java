package io.github.rayservice.scaffolder.form;

import jakarta.validation.Payload;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A field of the form as its record declares it.
 *
 * @param defaultValue the value of an absent field; empty for a required field and for an object,
 *     which is then read as an empty object
 * @param required why the field must not be absent; empty for every other field
 * @param size how long a text may be; empty for a field that is no text
 * @param children the fields of an object; empty for every other type
 */
record FormField(
    String name,
    Type type,
    Optional<String> defaultValue,
    Optional<NotNull> required,
    Optional<Size> size,
    List<FormField> children) {
  enum Type {
    STRING,
    INTEGER,
    OBJECT
  }

  static List<FormField> of(Class<? extends Record> form) {
    return Arrays.stream(form.getRecordComponents()).map(FormField::of).toList();
  }

  private static FormField of(RecordComponent component) {
    Class<?> type = component.getType();
    if (type.isRecord()) {
      return new FormField(
          component.getName(),
          Type.OBJECT,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          of(type.asSubclass(Record.class)));
    }
    Optional<NotNull> required =
        Optional.ofNullable(component.getAccessor().getAnnotation(NotNull.class));
    return new FormField(
        component.getName(),
        type == int.class ? Type.INTEGER : Type.STRING,
        required.isPresent()
            ? Optional.empty()
            : Optional.of(component.getAccessor().getAnnotation(Schema.class).defaultValue()),
        required,
        Optional.ofNullable(component.getAccessor().getAnnotation(Size.class)),
        List.of());
  }

  /** The violation of a document without this field; empty when the field has a default. */
  Optional<Violation> checkPresence(String path) {
    return required.map(
        rule -> Violation.withoutValue(path, rule.message(), source(rule.payload())));
  }

  /**
   * The violation of a text that is too long. No pattern may see such a text: Java's patterns
   * recurse with every repetition of a group, and the stack ends before the largest body does.
   */
  Optional<Violation> checkLength(String path, String text) {
    return size.filter(limit -> text.length() > limit.max())
        .map(limit ->
            Violation.of(
                path,
                text,
                limit
                    .message()
                    .replace("{min}", String.valueOf(limit.min()))
                    .replace("{max}", String.valueOf(limit.max())),
                source(limit.payload())));
  }

  private static String source(Class<? extends Payload>[] payload) {
    return Arrays.stream(payload)
        .map(type -> type.getAnnotation(RuleSource.class))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a constraint without a RuleSource"))
        .value();
  }
}
