package io.github.rayservice.scaffolder.testsupport;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Bodies of webhook deliveries, as GitLab writes them. */
final class HookEvents {
  private static final String HEADS = "refs/heads";
  private static final String NOTHING = "0".repeat(40);

  private final FakeGitlab gitlab;
  private final GitlabUsers users;
  private Map<String, String> known;

  HookEvents(FakeGitlab gitlab, GitlabUsers users) {
    this.gitlab = gitlab;
    this.users = users;
    this.known = heads();
  }

  private Map<String, String> heads() {
    Map<String, String> heads = new TreeMap<>();
    for (String line :
        gitlab.git().lines("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", HEADS)) {
      heads.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
    }
    return heads;
  }

  /** One event for each branch that has moved, come or gone since the last time. */
  List<ObjectNode> pushes() {
    Map<String, String> before = known;
    known = heads();
    TreeSet<String> branches = new TreeSet<>(before.keySet());
    branches.addAll(known.keySet());
    List<ObjectNode> pushes = new ArrayList<>();
    for (String branch : branches) {
      String old = before.getOrDefault(branch, NOTHING);
      String now = known.getOrDefault(branch, NOTHING);
      if (!old.equals(now)) {
        pushes.add(push(branch, old, now));
      }
    }
    return pushes;
  }

  /**
   * A merge request has changed.
   *
   * @param action open, close, reopen, update or merge
   */
  ObjectNode mergeRequest(ObjectNode shown, String action) {
    ObjectNode event = event("merge_request").put("event_type", "merge_request");
    ObjectNode attributes = event.putObject("object_attributes");
    for (String field :
        List.of(
            "id",
            "iid",
            "title",
            "description",
            "state",
            "source_branch",
            "target_branch",
            "draft",
            "detailed_merge_status",
            "merge_commit_sha",
            "created_at",
            "updated_at")) {
      attributes.set(field, shown.get(field));
    }
    attributes.put("target_project_id", 1).put("source_project_id", 1).put("action", action);
    attributes.set("url", shown.get("web_url"));
    attributes.putObject("last_commit").set("id", shown.get("sha"));
    shown
        .path("labels")
        .forEach(label -> event.withArray("labels").addObject().put("title", label.asText()));
    event.putObject("changes");
    return event;
  }

  private ObjectNode push(String branch, String before, String after) {
    ObjectNode event = event("push").put("event_name", "push");
    event.put("before", before).put("after", after).put("ref", "refs/heads/" + branch);
    event.put("checkout_sha", after.equals(NOTHING) ? null : after).put("project_id", 1);
    event.putArray("commits");
    return event.put("total_commits_count", 0);
  }

  private ObjectNode event(String kind) {
    ObjectNode event = GitlabAnswer.JSON.createObjectNode().put("object_kind", kind);
    event.set("user", users.self());
    event
        .putObject("project")
        .put("id", 1)
        .put("name", "gitops")
        .put("path_with_namespace", FakeGitlab.PROJECT)
        .put("default_branch", "main")
        .put("web_url", gitlab.url() + "/" + FakeGitlab.PROJECT);
    return event;
  }
}
