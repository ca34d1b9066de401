package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResponse.Refused;

/** When a merge is allowed, and how GitLab merges. */
public final class Merging {
  private final GitCommand git;
  private volatile int preparing;
  private volatile boolean allowed = true;
  private volatile boolean needsPipeline;
  private volatile Runnable before = () -> {};

  Merging(GitCommand git) {
    this.git = git;
  }

  /** Number of merge attempts during which GitLab still prepares the merge request. */
  public void prepare(int preparingAttempts) {
    preparing = preparingAttempts;
  }

  /** Whether the token may merge. */
  public void allow(boolean may) {
    allowed = may;
  }

  /**
   * Whether GitLab accepts auto-merge only for a merge request with a running pipeline, as older
   * versions do. Newer versions merge at once when there is none.
   */
  public void needPipeline(boolean need) {
    needsPipeline = need;
  }

  /** Runs right before the next merge. */
  public void before(Runnable action) {
    before = action;
  }

  void runBefore() {
    before.run();
    before = () -> {};
  }

  /** GitLab's {@code detailed_merge_status} of an open merge request. */
  String status(ObjectNode mr, boolean draft) {
    if (draft) {
      return "draft_status";
    }
    if (preparing > 0) {
      return "preparing";
    }
    return mr.path("pipeline").asText().equals("running") ? "ci_still_running" : "mergeable";
  }

  /**
   * Whether the merge request waits for its pipeline instead of being merged now.
   *
   * @throws Refused when neither is allowed
   */
  boolean waits(ObjectNode mr, JsonNode requested) {
    if (!allowed) {
      throw new Refused(GitlabResponse.message(401, "401 Unauthorized"));
    }
    String status = mr.path("detailed_merge_status").asText();
    boolean later = requested.path("auto_merge").asBoolean();
    boolean waits = later && status.equals("ci_still_running");
    boolean now = status.equals("mergeable") && !(later && needsPipeline && !mr.has("pipeline"));
    if (!waits && !now) {
      preparing = Math.max(0, preparing - 1);
      throw new Refused(GitlabResponse.message(405, "405 Method Not Allowed"));
    }
    String head = mr.path("sha").asText();
    if (requested.hasNonNull("sha") && !requested.path("sha").asText().equals(head)) {
      throw new Refused(
          GitlabResponse.message(409, "SHA does not match HEAD of source branch: " + head));
    }
    return waits;
  }

  /** Creates a merge commit, or one commit of all changes when squashing. */
  void merge(ObjectNode mr, GitCommand source) {
    String sha = mr.path("sha").asText();
    String branch = mr.path("source_branch").asText();
    if (!source.equals(git)) {
      git.run("fetch", "-q", source.directory().toString(), "refs/heads/" + branch);
    }
    String target = "refs/heads/" + mr.path("target_branch").asText();
    String tip = git.run("rev-parse", target);
    String tree = git.run("merge-tree", "--write-tree", tip, sha).lines().findFirst().orElseThrow();
    String merged =
        mr.path("squash").asBoolean()
            ? git.run("commit-tree", "-p", tip, "-m", mr.path("title").asText(), tree)
            : git.run(
                "commit-tree", "-p", tip, "-p", sha, "-m", "Merge branch '" + branch + "'", tree);
    git.run("update-ref", target, merged, tip);
    mr.put("merge_commit_sha", merged);
    if (mr.path("force_remove_source_branch").asBoolean()) {
      source.run("update-ref", "-d", "refs/heads/" + branch);
    }
  }
}
