package io.github.rayservice.scaffolder.form;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a form, or, as a warning, one that its author should know.
 *
 * @param field path from the document's root, such as {@code spec.resources.head.cpu}
 * @param value what was sent, shortened and with invisible characters made visible; null when
 *     nothing was sent or when it must not be repeated (a secret)
 * @param rule what is asked, in words
 * @param source who asks it: Kubernetes, KubeRay, kro, Git, or this platform's policy
 */
@Schema(description = "One rule of the form that a value breaks, or, among the warnings, strains")
public record Violation(
    @Schema(examples = "spec.resources.head.cpu") String field,
    @Schema(examples = "1GB", nullable = true) @Nullable String value,
    @Schema(examples = "must be a positive Kubernetes quantity such as 500m, 2 or 1.5") String rule,
    @Schema(examples = "Kubernetes quantity") String source) {

  private static final int SHOWN = 120;

  /** A violation that shows the value in a form that is safe to print, however hostile it is. */
  static Violation of(String field, Object value, String rule, String source) {
    return new Violation(field, printable(String.valueOf(value)), rule, source);
  }

  /** A violation whose value is missing, or must not be repeated. */
  static Violation withoutValue(String field, String rule, String source) {
    return new Violation(field, null, rule, source);
  }

  private static String printable(String value) {
    StringBuilder shown = new StringBuilder();
    value
        .codePoints()
        .limit(SHOWN)
        .forEach(c -> {
          if (TextRules.isUnprintable(c)) {
            shown.append(String.format("\\u%04X", c));
          } else {
            shown.appendCodePoint(c);
          }
        });
    if (value.codePointCount(0, value.length()) > SHOWN) {
      shown.append("… (").append(value.length()).append(" characters)");
    }
    return shown.toString();
  }
}
