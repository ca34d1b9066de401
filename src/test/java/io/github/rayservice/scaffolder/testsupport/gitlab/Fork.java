package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;

/**
 * A fork of the project: whoever may read the project may make one, push what they like to it, and
 * open, close and edit merge requests from it.
 */
public final class Fork {
  private final FakeGitlab gitlab;
  private final MergeRequestStore mergeRequests;
  private final long id;
  private final GitCommand git;

  Fork(FakeGitlab gitlab, MergeRequestStore mergeRequests, long id, GitCommand git) {
    this.gitlab = gitlab;
    this.mergeRequests = mergeRequests;
    this.id = id;
    this.git = git;
  }

  /** Its number in GitLab. */
  long id() {
    return id;
  }

  public GitCommand git() {
    return git;
  }

  /** Copies a branch of the project as it is now. */
  public void copy(String branch) {
    String ref = "refs/heads/" + branch;
    git.run("fetch", "-q", gitlab.git().directory().toString(), "+" + ref + ":" + ref);
  }

  /** Opens a merge request of this branch into the project's main; returns its number. */
  public int open(String branch) {
    synchronized (gitlab) {
      ObjectNode requested = GitlabResponse.JSON.createObjectNode();
      requested.put("source_branch", branch).put("target_branch", "main").put("title", "Of a fork");
      GitlabResponse answer = mergeRequests.create(requested, this);
      if (answer.status() != 201) {
        throw new AssertionError(answer);
      }
      return mergeRequests.all().size();
    }
  }
}
