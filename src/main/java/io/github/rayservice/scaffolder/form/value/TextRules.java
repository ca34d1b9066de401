package io.github.rayservice.scaffolder.form.value;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Rules for every text of a form, whatever its field: the text is written to YAML, to Git and to
 * commit messages.
 */
public final class TextRules {
  // Prefixes that the issuers publish so that scanners can find leaked tokens. No part is without
  // a limit: a token may begin anywhere, and reading each to the end of the text would take the
  // square of its length.
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<![A-Za-z0-9])(hf_[A-Za-z0-9]{16}"
              + "|gl(?:pat|dt|rt|ptt|oas|soat|agent|ft|cbt)-[A-Za-z0-9_.-]{16}"
              + "|(?:AKIA|ASIA)[0-9A-Z]{16}"
              + "|gh[pousr]_[A-Za-z0-9]{20}|github_pat_[A-Za-z0-9_]{20}"
              + "|xox[abeoprs]-[A-Za-z0-9-]{10}"
              + "|sk-[A-Za-z0-9_-]{20}"
              + "|AIza[A-Za-z0-9_-]{30})"
              // Found by the point in it, and read backwards: what is before it may begin anywhere.
              + "|[.]eyJ(?<=(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,512}[.]eyJ)[A-Za-z0-9_-]{10}"
              + "|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
              // The password of an address, unless the address takes it from a variable.
              + "|://[^/@\\s:]{0,64}:(?!\\$[{(])[^/?#;@\\s]{1,128}@");

  /** Characters of a text of any length that are looked at before they are repeated. */
  private static final int HEAD = 4096;

  private TextRules() {}

  /**
   * The first rule that the text breaks. The rule about secrets comes first, because the other
   * violations repeat the value.
   */
  public static Optional<Violation> check(String field, String text) {
    return checkSecret(field, text)
        .or(() ->
            text.codePoints().anyMatch(TextRules::isUnprintable)
                ? Optional.of(
                    Violation.of(
                        field,
                        text,
                        "must not contain control characters, line breaks, text direction marks or broken Unicode",
                        "YAML 1.2 printable characters, and Git commit trailers"))
                : Optional.empty())
        .or(() ->
            text.contains("${")
                ? Optional.of(
                    Violation.of(
                        field,
                        text,
                        "must not contain ${, which starts a kro expression",
                        "kro CEL expressions"))
                : Optional.empty());
  }

  /**
   * The first rule that a text breaks whose value no one but the application reads. It may have
   * several lines.
   */
  public static Optional<Violation> checkFree(String field, String text) {
    return checkSecret(field, text)
        .or(() ->
            text.codePoints()
                    .filter(c -> c != '\n' && c != '\r' && c != '\t')
                    .anyMatch(TextRules::isUnprintable)
                ? Optional.of(
                    Violation.of(
                        field,
                        text,
                        "must not contain control characters, text direction marks or broken Unicode",
                        "YAML 1.2 printable characters"))
                : Optional.empty());
  }

  private static Optional<Violation> checkSecret(String field, String text) {
    return looksLikeSecret(text)
        ? Optional.of(
            Violation.withoutValue(
                field,
                "looks like a secret, and Git would keep it for ever: store it in a Kubernetes Secret of the team's namespace and name that in spec.secrets",
                "policy of this platform: no secret in a form, in Git or in a log"))
        : Optional.empty();
  }

  /**
   * The beginning of a text that no field takes, at most 4096 characters: a violation repeats 120
   * of them, and the rules need not read on.
   */
  public static String head(String text) {
    return text.length() <= HEAD ? text : text.substring(0, HEAD);
  }

  public static boolean looksLikeSecret(String text) {
    return SECRET.matcher(text).find();
  }

  /**
   * Control characters, line breaks, lone surrogates, non-characters and marks that change the
   * direction of text.
   */
  static boolean isUnprintable(int codePoint) {
    return Character.isISOControl(codePoint)
        || Character.getType(codePoint) == Character.SURROGATE
        || codePoint == 0x2028
        || codePoint == 0x2029
        || codePoint == 0xFEFF
        || (codePoint & 0xFFFE) == 0xFFFE
        || (codePoint >= 0x202A && codePoint <= 0x202E)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
  }
}
