package io.github.rayservice.scaffolder.form;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Rules for every text of a form, whatever its field: the text is written to YAML, to Git and to
 * commit messages.
 */
final class TextRules {
  // Prefixes that the issuers publish so that scanners can find leaked tokens.
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<![A-Za-z0-9])(hf_[A-Za-z0-9]{16,}"
              + "|gl(?:pat|dt|rt|ptt|oas|soat|agent|ft|cbt)-[A-Za-z0-9_.-]{16,}"
              + "|(?:AKIA|ASIA)[0-9A-Z]{16}"
              + "|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"
              + "|xox[abeoprs]-[A-Za-z0-9-]{10,}"
              + "|sk-[A-Za-z0-9_-]{20,}"
              + "|AIza[A-Za-z0-9_-]{30,}"
              + "|eyJ[A-Za-z0-9_-]{10,}[.]eyJ[A-Za-z0-9_-]{10,}[.])"
              + "|-----BEGIN [A-Z ]*PRIVATE KEY-----");

  /**
   * More than a field may have, and than a violation repeats. The time grows with the square: a
   * token may begin anywhere, and is read to its end from there.
   */
  private static final int SEARCHED = 4096;

  private TextRules() {}

  /**
   * The first rule that the text breaks. The rule about secrets comes first, because the other
   * violations repeat the value.
   */
  static Optional<Violation> check(String field, String text) {
    if (looksLikeSecret(text)) {
      return Optional.of(
          Violation.withoutValue(
              field,
              "looks like a secret, and Git would keep it for ever: store it in a Kubernetes Secret and refer to that Secret",
              "policy of this platform: no secret in a form, in Git or in a log"));
    }
    if (text.codePoints().anyMatch(TextRules::isUnprintable)) {
      return Optional.of(
          Violation.of(
              field,
              text,
              "must not contain control characters, line breaks, text direction marks or broken Unicode",
              "YAML 1.2 printable characters, and Git commit trailers"));
    }
    if (text.contains("${")) {
      return Optional.of(
          Violation.of(
              field,
              text,
              "must not contain ${, which starts a kro expression",
              "kro CEL expressions"));
    }
    return Optional.empty();
  }

  static boolean looksLikeSecret(String text) {
    return SECRET.matcher(text).region(0, Math.min(text.length(), SEARCHED)).find();
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
