package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.value.Between;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The form as input of the actions in Backstage: a TypeScript file with zod schemas. */
final class ZodSchema {
  private static final String HEAD =
      """
      // Generated from the form of the service: ./mvnw test -Dtest=GeneratedFilesTest -Dgolden.rewrite=true
      import type { Zod } from './fields';

      """;

  private ZodSchema() {}

  static String text() {
    List<FormField> fields = FormField.ofSpec();
    List<FormField> immutable = fields.stream().filter(f -> f.field().immutable()).toList();
    List<FormField> required =
        fields.stream().filter(f -> f.field().required() && !f.field().immutable()).toList();
    List<FormField> others = fields.stream().filter(f -> !f.field().required()).toList();
    StringBuilder text = new StringBuilder(HEAD);
    text.append(
        """
        /** `spec` of a new Ray Service. The service sets the defaults and checks all else, which it reports at once. */
        export function spec(z: Zod) {
          return z
            .object({
        %s%s      ...changeable(z),
            })
            .describe('The parameters of the Ray Service');
        }

        /** `spec` of an update. Fields that are left out keep their value in Git. */
        export function change(z: Zod) {
          return z
            .object({
        %s      ...changeable(z),
            })
            .describe('The parameters to change; the others keep their values');
        }

        function changeable(z: Zod) {
          return {
        %s  };
        }
        """
            .formatted(
                properties(immutable, 6, false),
                calls(required, ""),
                calls(required, ".partial().optional()"),
                properties(others, 4, true)));
    required.forEach(field ->
        text.append(
            """

            function %s(z: Zod) {
              return %s
                .describe('%s');
            }
            """
                .formatted(
                    field.name(), object(field.children(), 2, false), field.field().value())));
    return text.append(
            """

            /** Objects that must be absent when they are empty; a form sends each that it shows. */
            export const ABSENT_WHEN_EMPTY = [
            %s];
            """
                .formatted(
                    optionalObjects("", fields)
                        .map("  '%s',\n"::formatted)
                        .collect(Collectors.joining())))
        .toString();
  }

  /** Required objects are the same in both, but for an update parts of them suffice. */
  private static String calls(List<FormField> fields, String suffix) {
    return fields.stream()
        .map(field -> "      %1$s: %1$s(z)%2$s,\n".formatted(field.name(), suffix))
        .collect(Collectors.joining());
  }

  private static String properties(List<FormField> fields, int column, boolean partial) {
    return fields.stream()
        .filter(ZodSchema::isInput)
        .map(field -> property(field, column, partial))
        .collect(Collectors.joining());
  }

  private static Stream<String> optionalObjects(String prefix, List<FormField> fields) {
    return fields.stream()
        .filter(ZodSchema::isInput)
        .flatMap(field ->
            Stream.concat(
                // The inner ones first: they may be all that an outer one has.
                optionalObjects(prefix + field.name() + ".", field.children()),
                field.field().optional()
                        && (field.type() == FormField.Type.OBJECT
                            || field.type() == FormField.Type.ARRAY)
                    ? Stream.of(prefix + field.name())
                    : Stream.empty()));
  }

  /** An object or a truth value without a title is in no form: the service sets it. */
  private static boolean isInput(FormField field) {
    return (field.type() != FormField.Type.OBJECT && field.type() != FormField.Type.BOOLEAN)
        || !field.field().title().isEmpty();
  }

  private static String object(List<FormField> fields, int column, boolean partial) {
    String inner = " ".repeat(column + 2);
    return "z\n" + inner + ".object({\n" + properties(fields, column + 4, partial) + inner + "})";
  }

  private static String property(FormField field, int column, boolean partial) {
    String lead = "\n" + " ".repeat(column + 2);
    String type =
        switch (field.type()) {
          case STRING -> "z" + lead + ".string()";
          case INTEGER, NUMBER -> "z" + lead + ".number()";
          case BOOLEAN -> "z" + lead + ".boolean()";
          case OBJECT -> object(field.children(), column, partial);
          case ARRAY ->
              field.hasChildren()
                  ? object(field.children(), column, false) + lead + ".array()"
                  : "z" + lead + ".string()" + lead + ".array()";
          // Text areas of a form hold an object as YAML.
          case STRING_MAP -> "z" + lead + ".record(z.string())";
          case FREE_OBJECT -> "z" + lead + ".union([z.record(z.unknown()), z.string()])";
        };
    return " ".repeat(column)
        + field.name()
        + ": "
        + type
        + (field.required() && !partial ? "" : lead + ".optional()")
        + lead
        + ".describe('"
        + description(field).replace("'", "\\'")
        + "'),\n";
  }

  private static String description(FormField field) {
    String byType =
        switch (field.type()) {
          case FREE_OBJECT, STRING_MAP -> "{key: value}";
          case ARRAY -> "[{name: a}]";
          case INTEGER, NUMBER -> Between.IsBetween.text(field.limits().orElseThrow().min());
          case STRING, BOOLEAN, OBJECT -> "";
        };
    String example =
        Stream.of(field.field().example(), field.field().defaultValue(), byType)
            .filter(text -> !text.isEmpty())
            .findFirst()
            .map(text -> ". Example: " + text)
            .orElse("");
    return field.field().value() + example;
  }
}
