package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** GitLab's Git hooks: reject pushes, print links to merge requests, read push options. */
public final class PushHooks {
  private PushHooks() {}

  /** Branches and options of pushes. */
  record PushedRefs(List<String> branches, List<String> options) {
    /** The merge request that the push options request. */
    Optional<ObjectNode> mergeRequest(String branch) {
      if (!options.contains("merge_request.create")) {
        return Optional.empty();
      }
      ObjectNode requested = GitlabResponse.JSON.createObjectNode().put("source_branch", branch);
      List<String> labels = new ArrayList<>();
      for (String option : options) {
        String value = option.substring(option.indexOf('=') + 1).replace("\\n", "\n");
        switch (option.split("=", 2)[0]) {
          case "merge_request.target" -> requested.put("target_branch", value);
          case "merge_request.title" -> requested.put("title", value);
          case "merge_request.description" -> requested.put("description", value);
          case "merge_request.remove_source_branch" -> requested.put("remove_source_branch", true);
          case "merge_request.squash" -> requested.put("squash", true);
          case "merge_request.label" -> labels.add(value);
          default -> {}
        }
      }
      return Optional.of(requested.put("labels", String.join(",", labels)));
    }
  }

  /**
   * Git passes the pushed refs and the options to the hook, which writes them to files for Java.
   */
  static void install(GitCommand git, String project) throws IOException {
    announce(git, Map.of());
    GitServer.hook(
        git,
        "post-receive",
        """
        changed=$(cat)
        create=
        {
          while read -r old new ref; do echo "ref $new $ref"; done <<END
        $changed
        END
          i=0
          while [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
            eval "option=\\$GIT_PUSH_OPTION_$i"
            printf 'option %s\\n' "$option"
            case "$option" in merge_request.create | mr.create) create=yes ;; esac
            i=$((i + 1))
          done
        } >> pushed
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
          elif [ -z "$create" ]; then
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
    GitServer.hook(
        git,
        "pre-receive",
        """
        while read -r old new ref; do
          if grep -qxF "$ref" protected-branches; then
            echo 'GitLab: You are not allowed to push code to protected branches on this project.' >&2
            exit 1
          fi
        done
        """);
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

  /** The pushes since the last call. */
  static PushedRefs take(GitCommand git) {
    Path pushed = git.directory().resolve("pushed");
    List<String> branches = new ArrayList<>();
    List<String> options = new ArrayList<>();
    try {
      if (Files.exists(pushed)) {
        for (String line : Files.readAllLines(pushed)) {
          if (line.startsWith("option ")) {
            options.add(line.substring("option ".length()));
          } else if (line.contains(" refs/heads/")) {
            branches.add(line.substring(line.indexOf("refs/heads/") + "refs/heads/".length()));
          }
        }
        Files.delete(pushed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PushedRefs(branches, options);
  }
}
