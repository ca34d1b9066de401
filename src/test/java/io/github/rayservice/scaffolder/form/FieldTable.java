package io.github.rayservice.scaffolder.form;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The fields of the form as a table in Markdown. */
final class FieldTable {
  private FieldTable() {}

  static String text() {
    return Stream.concat(
            Stream.of("| Field of `spec` | Type | Default | Meaning |", "|---|---|---|---|"),
            rows("", FormField.ofSpec()))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<String> rows(String prefix, List<FormField> fields) {
    return fields.stream()
        .flatMap(field ->
            field.type() == FormField.Type.OBJECT
                ? rows(prefix + field.name() + ".", field.children())
                : Stream.of(row(prefix + field.name(), field)));
  }

  private static String row(String path, FormField field) {
    String fallback =
        field.defaultValue().map(text -> text.isEmpty() ? "empty" : "`" + text + "`").orElse("–");
    String limits =
        field.limits().map(limit -> ", %d to %d".formatted(limit.min(), limit.max())).orElse("");
    String help = field.field().help().isEmpty() ? "" : ". " + field.field().help();
    return "| `%s` | %s | %s | %s |"
        .formatted(
            path, field.type().word() + limits, fallback, escaped(field.field().value() + help));
  }

  /** Angle brackets would be HTML. */
  private static String escaped(String text) {
    return text.replaceAll("\\S*<[^ ]*>", "`$0`").replace("|", "\\|");
  }
}
