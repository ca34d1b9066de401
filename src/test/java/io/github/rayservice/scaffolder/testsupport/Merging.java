package io.github.rayservice.scaffolder.testsupport;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.gitops.GitCommand;

/** A merge as GitLab makes it: a merge commit, or one commit of everything when squashing. */
final class Merging {
  private Merging() {}

  static void merge(GitCommand git, ObjectNode mr) {
    String sha = mr.path("sha").asText();
    String branch = mr.path("source_branch").asText();
    String target = "refs/heads/" + mr.path("target_branch").asText();
    String before = git.run("rev-parse", target);
    String tree =
        git.run("merge-tree", "--write-tree", before, sha).lines().findFirst().orElseThrow();
    String merged =
        mr.path("squash").asBoolean()
            ? git.run("commit-tree", "-p", before, "-m", mr.path("title").asText(), tree)
            : git.run(
                "commit-tree",
                "-p",
                before,
                "-p",
                sha,
                "-m",
                "Merge branch '" + branch + "'",
                tree);
    git.run("update-ref", target, merged, before);
    mr.put("merge_commit_sha", merged);
    if (mr.path("force_remove_source_branch").asBoolean()) {
      git.run("update-ref", "-d", "refs/heads/" + branch);
    }
  }
}
