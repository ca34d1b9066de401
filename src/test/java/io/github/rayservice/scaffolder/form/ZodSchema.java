package io.github.rayservice.scaffolder.form;

import java.util.List;
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
    return HEAD
        + function(
            "spec",
            "`spec` of a new Ray Service. The service sets the defaults, checks the limits and reports all violations at once.",
            "The parameters of the Ray Service",
            fields,
            false)
        + "\n"
        + function(
            "change",
            "`spec` of an update. Fields that are left out keep their value in Git.",
            "The parameters to change; the others keep their values",
            fields.stream().filter(f -> !f.field().immutable()).toList(),
            true)
        + "\n"
        + "/** Objects that must be absent when they are empty; a form sends each that it shows. */\n"
        + "export const ABSENT_WHEN_EMPTY = ["
        + String.join(", ", optionalObjects("", fields).map(path -> "'" + path + "'").toList())
        + "];\n";
  }

  private static Stream<String> optionalObjects(String prefix, List<FormField> fields) {
    return fields.stream()
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

  private static String function(
      String name, String comment, String description, List<FormField> fields, boolean partial) {
    return """
    /** %s */
    export function %s(z: Zod) {
      return %s
        .describe('%s');
    }
    """
        .formatted(comment, name, object(fields, 2, partial), description);
  }

  private static String object(List<FormField> fields, int column, boolean partial) {
    StringBuilder text = new StringBuilder("z\n");
    String inner = " ".repeat(column + 2);
    text.append(inner).append(".object({\n");
    fields.forEach(field -> text.append(property(field, column + 4, partial)));
    return text.append(inner).append("})").toString();
  }

  private static String property(FormField field, int column, boolean partial) {
    String lead = "\n" + " ".repeat(column + 2);
    String type =
        switch (field.type()) {
          case STRING -> "z" + lead + ".string()";
          case INTEGER, NUMBER -> "z" + lead + ".number()";
          case OBJECT -> object(field.children(), column, partial);
          case ARRAY ->
              field.hasChildren()
                  ? object(field.children(), column, false) + lead + ".array()"
                  : "z" + lead + ".string()" + lead + ".array()";
          // Text areas of a form hold an object as YAML.
          case FREE_OBJECT -> "z" + lead + ".union([z.record(z.unknown()), z.string()])";
        };
    return " ".repeat(column)
        + field.name()
        + ": "
        + type
        + (field.field().required() && !partial ? "" : lead + ".optional()")
        + lead
        + ".describe('"
        + description(field).replace("'", "\\'")
        + "'),\n";
  }

  private static String description(FormField field) {
    String byType =
        switch (field.type()) {
          case FREE_OBJECT -> "{key: value}";
          case ARRAY -> "[{name: a}]";
          case INTEGER, NUMBER -> Between.IsBetween.text(field.limits().orElseThrow().min());
          case STRING, OBJECT -> "";
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
