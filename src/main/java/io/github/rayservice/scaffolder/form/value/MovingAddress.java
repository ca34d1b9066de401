package io.github.rayservice.scaffolder.form.value;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Addresses of Git servers whose content changes although the address does not. Ray loads an
 * address only once, so it would never see the change.
 */
public final class MovingAddress {
  /**
   * Where a branch is named. On servers whose paths say nothing of Git, only the usual names count:
   * a path such as {@code /raw/models/} may be anybody's.
   */
  private static final List<Pattern> BRANCHES =
      patterns(
          "/refs/heads/(?<ref>[^/]+)",
          // Gitea and Forgejo
          "/(?:raw|media)/branch/(?<ref>[^/]+)",
          "/(?:raw|archive|zip|get|resolve)/(?<ref>main|master|develop|dev|trunk|HEAD)(?=[/.])");

  /** Where a branch, a tag or a commit is named. */
  private static final List<Pattern> REFS =
      patterns(
          // GitLab
          "/-/(?:raw|archive)/(?<ref>[^/]+)",
          "^https://(?:www[.])?github[.]com/[^/]+/[^/]+/(?:raw|archive|zipball)/(?<ref>[^/]+)",
          "^https://raw[.]githubusercontent[.]com/[^/]+/[^/]+/(?<ref>[^/]+)",
          "^https://codeload[.]github[.]com/[^/]+/[^/]+/(?:legacy[.])?zip/(?<ref>[^/]+)",
          "^https://bitbucket[.]org/[^/]+/[^/]+/(?:raw|get)/(?<ref>[^/]+)",
          "^https://(?:huggingface[.]co|hf[.]co)/.*/(?:resolve|raw)/(?<ref>[^/]+)");

  private static final Pattern LATEST_RELEASE =
      Pattern.compile("/releases/latest/download/|/-/releases/permalink/latest/");

  /**
   * A whole or a shortened commit, or a name with a version, such as v1, 1.4.0, churn-1.4 or
   * 2026-11-29: most likely a tag.
   */
  private static final Pattern FIXED =
      Pattern.compile("[0-9a-f]{7,64}|v?[0-9]+|.*[0-9][._-][0-9].*");

  private MovingAddress() {}

  private static List<Pattern> patterns(String... patterns) {
    return Stream.of(patterns).map(Pattern::compile).toList();
  }

  /** What moves, for people, such as {@code a branch (main)}; empty when nothing does. */
  public static Optional<String> whatMoves(String url) {
    if (LATEST_RELEASE.matcher(url).find()) {
      return Optional.of("the latest release");
    }
    return ref(BRANCHES, url)
        .or(() ->
            ref(REFS, url)
                // GitHub's long name of a tag: refs/tags/v1.
                .filter(ref -> !ref.equals("refs") && !FIXED.matcher(ref).matches()))
        .map(ref -> "a branch (" + ref + ")");
  }

  private static Optional<String> ref(List<Pattern> patterns, String url) {
    return patterns.stream()
        .map(pattern -> pattern.matcher(url))
        .filter(Matcher::find)
        .findFirst()
        .map(matcher -> matcher.group("ref").replaceFirst("[.]zip$", ""));
  }
}
