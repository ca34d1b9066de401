package io.github.rayservice.scaffolder.form;

import jakarta.validation.constraints.NotNull;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A field of the form as its record declares it.
 *
 * @param defaultValue the value of an absent field; empty for a required field and for an object,
 *     which is then read as an empty object
 * @param children the fields of an object; empty for every other type
 */
record FormField(String name, Type type, Optional<String> defaultValue, List<FormField> children) {
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
          component.getName(), Type.OBJECT, Optional.empty(), of(type.asSubclass(Record.class)));
    }
    return new FormField(
        component.getName(),
        type == int.class ? Type.INTEGER : Type.STRING,
        defaultValue(component),
        List.of());
  }

  private static Optional<String> defaultValue(RecordComponent component) {
    return component.getAccessor().isAnnotationPresent(NotNull.class)
        ? Optional.empty()
        : Optional.of(component.getAccessor().getAnnotation(Schema.class).defaultValue());
  }
}
