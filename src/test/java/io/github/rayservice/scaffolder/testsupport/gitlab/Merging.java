package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabAnswer.Refused;

/** Who may merge what and when, and a merge as GitLab makes it. */
public final class Merging {
  private final GitCommand git;
  private volatile int preparing;
  private volatile boolean allowed = true;
  private volatile boolean needsPipeline;
  private volatile Runnable before = () -> {};

  Merging(GitCommand git) {
    this.git = git;
  }

  /** So many wishes to merge come while GitLab is still preparing the merge request. */
  public void prepare(int wishes) {
    preparing = wishes;
  }

  /** Whether the token may merge. */
  public void allow(boolean may) {
    allowed = may;
  }

  /**
   * Whether it is an older GitLab, which takes the wish to merge later only where there is a
   * pipeline to wait for; a newer one then merges at once.
   */
  public void needPipeline(boolean need) {
    needsPipeline = need;
  }

  /** Something else happens right before the next merge. */
  public void before(Runnable action) {
    before = action;
  }

  void runBefore() {
    before.run();
    before = () -> {};
  }

  /** What keeps an open merge request from being merged, in GitLab's word; or {@code mergeable}. */
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
   * Whether it waits for its pipeline instead of being merged now.
   *
   * @throws Refused when neither may be
   */
  boolean waits(ObjectNode mr, JsonNode asked) {
    if (!allowed) {
      throw new Refused(GitlabAnswer.message(401, "401 Unauthorized"));
    }
    String status = mr.path("detailed_merge_status").asText();
    boolean later = asked.path("auto_merge").asBoolean();
    boolean waits = later && status.equals("ci_still_running");
    boolean now = status.equals("mergeable") && !(later && needsPipeline && !mr.has("pipeline"));
    if (!waits && !now) {
      preparing = Math.max(0, preparing - 1);
      throw new Refused(GitlabAnswer.message(405, "405 Method Not Allowed"));
    }
    String head = mr.path("sha").asText();
    if (asked.hasNonNull("sha") && !asked.path("sha").asText().equals(head)) {
      throw new Refused(
          GitlabAnswer.message(409, "SHA does not match HEAD of source branch: " + head));
    }
    return waits;
  }

  /** A merge commit, or one commit of everything when squashing. */
  void merge(ObjectNode mr) {
    String sha = mr.path("sha").asText();
    String branch = mr.path("source_branch").asText();
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
      git.run("update-ref", "-d", "refs/heads/" + branch);
    }
  }
}
