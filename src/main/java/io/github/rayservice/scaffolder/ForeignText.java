package io.github.rayservice.scaffolder;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What another system says, made fit for one line of a message: no markup, of limited length. */
public final class ForeignText {
  private static final Pattern TITLE =
      Pattern.compile("<title\\b[^>]*>([^<]*)", Pattern.CASE_INSENSITIVE);
  private static final Pattern TAG = Pattern.compile("</?[A-Za-z!][^>]*>");

  private ForeignText() {}

  /** Whether a body is the page of a proxy or of a login, and no answer of an API or of Git. */
  public static boolean isPage(String body) {
    return body.replaceFirst("^\\uFEFF", "").stripLeading().startsWith("<");
  }

  /**
   * One line of a body. Of a page only its title is told.
   *
   * @param longest in characters, without the mark that something was cut off
   */
  public static String line(String body, int longest) {
    if (!isPage(body)) {
      return bounded(TAG.matcher(body).replaceAll(""), longest);
    }
    Matcher title = TITLE.matcher(body);
    String words = title.find() ? bounded(title.group(1), longest) : "";
    return words.isEmpty() ? "a page" : "a page (" + words + ")";
  }

  private static String bounded(String text, int longest) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > longest ? line.substring(0, longest) + "…" : line;
  }
}
