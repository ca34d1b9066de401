package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.value.Between;
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
            switch (field.type()) {
              case OBJECT -> rows(prefix + field.name() + ".", field.children());
              case ARRAY ->
                  Stream.concat(
                      Stream.of(row(prefix + field.name(), field)),
                      rows(prefix + field.name() + "[].", field.children()));
              default -> Stream.of(row(prefix + field.name(), field));
            });
  }

  private static String row(String path, FormField field) {
    String fallback =
        field.field().optional()
            ? "absent"
            : field.field().filledIn()
                ? "filled in"
                : field
                    .defaultValue()
                    .map(text -> text.isEmpty() ? "empty" : "`" + text + "`")
                    .orElse("–");
    String type =
        switch (field.type()) {
          case ARRAY -> field.hasChildren() ? "list of objects" : "list of strings";
          case FREE_OBJECT -> "any object";
          default -> field.type().word();
        };
    String limits = field.limits().map(FieldTable::limits).orElse("");
    String help = field.field().help().isEmpty() ? "" : ". " + field.field().help();
    return "| `%s` | %s | %s | %s |"
        .formatted(path, type + limits, fallback, escaped(field.field().value() + help));
  }

  private static String limits(Between limits) {
    return Double.isInfinite(limits.max())
        ? ", at least " + Between.IsBetween.text(limits.min())
        : ", %s to %s"
            .formatted(Between.IsBetween.text(limits.min()), Between.IsBetween.text(limits.max()));
  }

  /** Angle brackets would be HTML. */
  private static String escaped(String text) {
    return text.replaceAll("\\S*<[^ ]*>", "`$0`").replace("|", "\\|");
  }
}
