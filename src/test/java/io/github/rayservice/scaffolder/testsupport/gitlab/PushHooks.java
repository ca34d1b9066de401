package io.github.rayservice.scaffolder.testsupport.gitlab;

import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** GitLab's Git hooks: reject pushes, print links to merge requests. */
public final class PushHooks {
  private PushHooks() {}

  static void install(GitCommand git, String project) throws IOException {
    announce(git, Map.of());
    GitServer.hook(
        git,
        "post-receive",
        """
        changed=$(cat)
        while read -r old new ref; do
          branch=${ref#refs/heads/}
          case "$new" in *[!0]*) ;; *) continue ;; esac
          [ "$branch" != "$ref" ] && [ "$branch" != main ] || continue
          url=
          while read -r open address; do
            [ "$open" != "$branch" ] || url=$address
          done < open-merge-requests
          if [ -n "$url" ]; then
            printf '\\nView merge request for %s:\\n  %s\\n\\n' "$branch" "$url"
          else
            rest=$branch
            encoded=
            while [ "${rest#*/}" != "$rest" ]; do
              encoded="$encoded${rest%%/*}%2F"
              rest=${rest#*/}
            done
            printf '\\nTo create a merge request for %s, visit:\\n' "$branch"
            printf '  PROJECT/-/merge_requests/new?merge_request%%5Bsource_branch%%5D=%s\\n\\n' "$encoded$rest"
          fi
        done <<END
        $changed
        END
        """
            .replace("PROJECT", project.replace("%", "%%")));
  }

  /** Rejects pushes to these branches from now on, with GitLab's message. */
  public static void protect(GitCommand git, Set<String> branches) throws IOException {
    protect(git, branches, List.of());
  }

  /**
   * A pattern of branches to which this service may push.
   *
   * @param level who else may: 0 nobody, 30 Developers, 40 Maintainers
   * @param forcePush whether what is there may be replaced; deleted by Git it is never
   */
  record Rule(String name, int level, boolean forcePush) {}

  static void protect(GitCommand git, Set<String> branches, List<Rule> patterns)
      throws IOException {
    GitServer.hook(
        git,
        "pre-receive",
        """
        while read -r old new ref; do
          if grep -qxF "$ref" protected-branches; then
            echo 'GitLab: You are not allowed to push code to protected branches on this project.' >&2
            exit 1
          fi
          while read -r pattern force; do
            case "$ref" in
              refs/heads/$pattern) ;;
              *) continue ;;
            esac
            case "$new" in
              *[!0]*) ;;
              *)
                echo 'GitLab: You can only delete protected branches using the web interface.' >&2
                exit 1 ;;
            esac
            case "$old $force" in
              *[!0]*" false")
                git merge-base --is-ancestor "$old" "$new" || {
                  echo 'GitLab: You are not allowed to force push code to a protected branch on this project.' >&2
                  exit 1
                } ;;
            esac
          done < protected-patterns
        done
        """);
    Files.writeString(
        git.directory().resolve("protected-patterns"),
        patterns.stream()
            .map(rule -> rule.name() + " " + rule.forcePush() + "\n")
            .collect(Collectors.joining()));
    Files.write(
        git.directory().resolve("protected-branches"),
        branches.stream().map(branch -> "refs/heads/" + branch).toList());
  }

  /** The URLs of open merge requests by source branch. */
  static void announce(GitCommand git, Map<String, String> open) {
    String lines =
        open.entrySet().stream()
            .map(mr -> mr.getKey() + " " + mr.getValue() + "\n")
            .collect(Collectors.joining());
    try {
      Files.writeString(git.directory().resolve("open-merge-requests"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
