package io.github.rayservice.scaffolder.form.value;

import java.util.regex.Pattern;
import org.apache.commons.lang3.StringUtils;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A rule that a value of a form breaks; as a warning, a value that is valid but rarely intended.
 *
 * @param field path from the document's root, such as {@code spec.resources.head.cpu}
 * @param value the value that was sent, at most 120 characters, unprintable ones escaped; null when
 *     no value was sent or when it looks like a secret
 * @param rule the rule, as a sentence that continues the field's name
 * @param source the system that the rule comes from: Kubernetes, KubeRay, kro, Git, or this
 *     platform's policy
 */
@Schema(
    description =
        "A rule that a value of the form breaks; among the warnings, a value that is valid but rarely intended")
public record Violation(
    @Schema(examples = "spec.resources.head.cpu") String field,
    @Schema(examples = "1GB", nullable = true) @Nullable String value,
    @Schema(examples = "must be a positive Kubernetes quantity such as 500m, 2 or 1.5") String rule,
    @Schema(examples = "Kubernetes quantity") String source) {

  private static final int MAX_VALUE_LENGTH = 120;

  private static final String SCHEME_END = "://";
  private static final Pattern AFTER_HOST = Pattern.compile("[/?#]");
  private static final Pattern QUERY = Pattern.compile("[?][^\\s\"]+");

  /**
   * A violation with its value, which is escaped so that it is safe to print. The user name, the
   * password and the query of an address are not repeated.
   */
  public static Violation of(String field, Object value, String rule, String source) {
    String text = String.valueOf(value);
    return new Violation(
        field, printable(withoutCredentials(TextRules.head(text)), text.length()), rule, source);
  }

  /**
   * Of each address, what comes before its last {@code @}, unless its host has nothing to do with
   * it, and its query. The text need not be valid, so a password may hold any character: rather too
   * much is left out than too little.
   */
  private static String withoutCredentials(String text) {
    String[] parts = text.split(SCHEME_END, -1);
    StringBuilder shown = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i];
      String authority = AFTER_HOST.split(part, 2)[0];
      int at = part.lastIndexOf('@');
      if (at >= 0 && StringUtils.containsAny(authority, "@:")) {
        part = "…" + part.substring(at);
      }
      shown.append(SCHEME_END).append(QUERY.matcher(part).replaceAll("?…"));
    }
    return shown.toString();
  }

  /** A violation by a part of a request that is no form; without the value when it looks secret. */
  public static Violation ofRequest(String field, String value, String rule, String source) {
    return TextRules.looksLikeSecret(TextRules.head(value))
        ? withoutValue(field, rule, source)
        : of(field, value, rule, source);
  }

  /** A violation without its value: nothing was sent, or the value must not be repeated. */
  public static Violation withoutValue(String field, String rule, String source) {
    return new Violation(field, null, rule, source);
  }

  private static String printable(String value, int length) {
    StringBuilder printable = new StringBuilder();
    value
        .codePoints()
        .limit(MAX_VALUE_LENGTH)
        .forEach(c -> {
          if (TextRules.isUnprintable(c)) {
            printable.append(String.format("\\u%04X", c));
          } else {
            printable.appendCodePoint(c);
          }
        });
    if (value.codePointCount(0, value.length()) > MAX_VALUE_LENGTH) {
      printable.append("… (").append(length).append(" characters)");
    }
    return printable.toString();
  }
}
