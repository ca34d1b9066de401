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
            true);
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
    String type =
        switch (field.type()) {
          case STRING -> "z\n" + " ".repeat(column + 2) + ".string()";
          case INTEGER -> "z\n" + " ".repeat(column + 2) + ".number()";
          case OBJECT -> object(field.children(), column, partial);
        };
    String inner = "\n" + " ".repeat(column + 2);
    return " ".repeat(column)
        + field.name()
        + ": "
        + type
        + (field.field().required() && !partial ? "" : inner + ".optional()")
        + inner
        + ".describe('"
        + description(field).replace("'", "\\'")
        + "'),\n";
  }

  private static String description(FormField field) {
    String example =
        Stream.of(field.field().example(), field.field().defaultValue())
            .filter(text -> !text.isEmpty())
            .findFirst()
            .map(text -> ". Example: " + text)
            .orElse("");
    return field.field().value() + example;
  }
}
