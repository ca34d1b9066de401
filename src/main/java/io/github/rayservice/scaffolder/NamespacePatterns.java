package io.github.rayservice.scaffolder;

import java.util.List;
import java.util.regex.Pattern;

/** Patterns of namespaces, as the settings write them; a {@code *} matches any characters. */
public final class NamespacePatterns {
  private final List<String> texts;
  private final List<Pattern> patterns;

  public NamespacePatterns(List<String> texts) {
    // A list in a setting may have blanks after its commas.
    this.texts = texts.stream().map(String::strip).toList();
    this.patterns =
        this.texts.stream()
            .map(text -> Pattern.compile(Pattern.quote(text).replace("*", "\\E.*\\Q")))
            .toList();
  }

  /** Whether at least one pattern matches the whole name. */
  public boolean matches(String namespace) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(namespace).matches());
  }

  /** The patterns, separated by commas. */
  @Override
  public String toString() {
    return String.join(", ", texts);
  }
}
