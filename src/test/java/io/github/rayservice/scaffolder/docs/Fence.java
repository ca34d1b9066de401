package io.github.rayservice.scaffolder.docs;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command or an example of a page.
 *
 * @param line where it begins, counted from 1
 * @param before the line before it, which should be its marker
 */
record Fence(Path page, int line, String language, String before, String text) {
  private static final Pattern RUN = Pattern.compile("<!-- run: ([a-z-]+) -->");
  private static final Pattern NOT_RUN = Pattern.compile("<!-- not run: \\S.* -->");

  /** The name of the check that runs it. */
  Optional<String> run() {
    return Optional.of(RUN.matcher(before)).filter(Matcher::matches).map(found -> found.group(1));
  }

  boolean hasMarker() {
    return run().isPresent() || NOT_RUN.matcher(before).matches();
  }

  String place() {
    return page + ":" + line;
  }
}
