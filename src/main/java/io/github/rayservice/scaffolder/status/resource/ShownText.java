package io.github.rayservice.scaffolder.status.resource;

import io.github.rayservice.scaffolder.form.value.TextRules;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text of the cluster as it may be shown. Code of a tenant may have written it: a log's last
 * lines, an exception, an answer in place of Ray's. So it is cut before anything else looks at it,
 * has no control characters, and what looks like a secret is not in it.
 */
public final class ShownText {
  /** Characters of a message: an exception with its traceback. */
  static final int MESSAGE = 8 * 1024;

  /** Characters of a name, a reason or a state. */
  static final int WORD = 253;

  /** Characters of a message that are kept from its beginning, where it is cut. */
  private static final int BEGINNING = 2 * 1024;

  /** Is in the place of a secret. */
  static final String REDACTED = "[redacted]";

  private static final String ELLIPSIS = "…";

  /** What a terminal would take for a color. */
  private static final Pattern ESCAPE = Pattern.compile("\u001B\\[[0-9;?]{0,32}[@-~]");

  /** What is in front of the host of an address: a name, a password, a token. */
  private static final Pattern USER_INFO = Pattern.compile("://[^/\\s\"'`<>]{1,256}@");

  /** Query parameters that are a credential: signed addresses of the clouds, and GitLab's token. */
  private static final Pattern CREDENTIAL =
      Pattern.compile(
          "(?i)([?&](?:x-amz-(?:signature|credential|security-token)|x-goog-signature|sig|signature|token|access_token|private_token|password)=)[^&\\s\"'<>]{1,4096}");

  private static final Pattern BEARER =
      Pattern.compile("(?i)\\b(bearer )[A-Za-z0-9._~+/=-]{8,4096}");

  /** A key whose beginning may have been cut off. */
  private static final Pattern PRIVATE_KEY =
      Pattern.compile(
          "-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(-----END [A-Z ]{0,40}PRIVATE KEY-----|\\z)",
          Pattern.DOTALL);

  private static final Pattern END_OF_KEY =
      Pattern.compile("-----END [A-Z ]{0,40}PRIVATE KEY-----");

  /** What surrounds a token in a line; no secret has one of these within. */
  private static final Pattern BETWEEN_TOKENS =
      Pattern.compile("(?<=[\\s\"'`=,;()<>{}\\[\\]|])|(?=[\\s\"'`=,;()<>{}\\[\\]|])");

  private ShownText() {}

  /** A message with its lines: at most 8 KiB, without secrets and control characters. */
  static String message(String text) {
    return redact(printable(text.length() > MESSAGE ? beginningAndEnd(text) : text));
  }

  /** A word in one line, of at most 253 characters. */
  static String word(String text) {
    return redact(cut(printable(text.length() > WORD ? text.substring(0, WORD) : text), WORD))
        .replaceAll("\\s+", " ");
  }

  /** The text, cut to a number of characters, the last of which then is an ellipsis. */
  public static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = longest - ELLIPSIS.length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + ELLIPSIS;
  }

  /**
   * An exception is at the end of its traceback, and what failed is at the beginning. Both end at
   * white space: a secret that is cut in two would not be known as one.
   */
  private static String beginningAndEnd(String text) {
    int begin = BEGINNING;
    while (begin > 0 && !Character.isWhitespace(text.charAt(begin))) {
      begin--;
    }
    int end = text.length() - (MESSAGE - BEGINNING);
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String last = text.substring(end);
    var endOfKey = END_OF_KEY.matcher(last);
    return "%s\n… %d characters are left out …\n%s"
        .formatted(
            text.substring(0, begin),
            end - begin,
            // The beginning of the key may have been left out.
            endOfKey.find() && !last.substring(0, endOfKey.start()).contains("-----BEGIN ")
                ? REDACTED + last.substring(endOfKey.end())
                : last);
  }

  private static String printable(String text) {
    if (text.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7F))) {
      return text;
    }
    return ESCAPE
        .matcher(text)
        .replaceAll("")
        // A progress bar writes its line again and again.
        .replace("\r\n", "\n")
        .replace('\r', '\n')
        .codePoints()
        .filter(ShownText::isPrintable)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL -> codePoint == '\n' || codePoint == '\t';
      // Marks that change the direction of text, and that nobody sees.
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String redact(String text) {
    String known = text;
    if (known.contains("PRIVATE KEY-----")) {
      known = PRIVATE_KEY.matcher(known).replaceAll(REDACTED);
    }
    if (known.contains("://")) {
      known = USER_INFO.matcher(known).replaceAll("://" + REDACTED + "@");
      known = CREDENTIAL.matcher(known).replaceAll("$1" + REDACTED);
    }
    known = BEARER.matcher(known).replaceAll("$1" + REDACTED);
    return TextRules.looksLikeSecret(known)
        ? known.lines().map(ShownText::redactLine).collect(Collectors.joining("\n"))
        : known;
  }

  /** The tokens that are one; the whole line where none of them alone is. */
  private static String redactLine(String line) {
    if (!TextRules.looksLikeSecret(line)) {
      return line;
    }
    String rest =
        BETWEEN_TOKENS
            .splitAsStream(line)
            .map(token -> TextRules.looksLikeSecret(token) ? REDACTED : token)
            .collect(Collectors.joining());
    return TextRules.looksLikeSecret(rest) ? REDACTED : rest;
  }
}
