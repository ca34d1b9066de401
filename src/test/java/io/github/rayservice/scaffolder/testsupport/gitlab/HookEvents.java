package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Bodies of webhook deliveries, in GitLab's format. */
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

  /** One event for each branch that was moved, created or deleted since the last call. */
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
   * The event of a changed merge request.
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
    attributes.put("action", action);
    for (String side : List.of("source_project_id", "target_project_id")) {
      attributes.set(side, shown.get(side));
    }
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
    event
        .put("checkout_sha", after.equals(NOTHING) ? null : after)
        .put("project_id", FakeGitlab.ID);
    List<String> range = range(branch, before, after);
    event.set("commits", commits(range));
    return event.put("total_commits_count", count(range));
  }

  /** Commits that a new branch shares with main do not belong to its push event. */
  private static List<String> range(String branch, String before, String after) {
    if (after.equals(NOTHING)) {
      return List.of();
    }
    if (!before.equals(NOTHING)) {
      return List.of(before + ".." + after);
    }
    return branch.equals("main") ? List.of(after) : List.of(after, "^main");
  }

  private int count(List<String> range) {
    return range.isEmpty()
        ? 0
        : Integer.parseInt(gitlab.git().run(command("rev-list", range, "--count")));
  }

  /** The newest 20 commits, oldest first, each with its changed files. */
  private ArrayNode commits(List<String> range) {
    ArrayNode commits = GitlabResponse.JSON.createArrayNode();
    if (range.isEmpty()) {
      return commits;
    }
    String log =
        gitlab
            .git()
            .run(
                command(
                    "log",
                    range,
                    "--max-count=20",
                    "--reverse",
                    "--name-status",
                    "--no-renames",
                    "--diff-merges=first-parent",
                    "--format=%x01%H%x00%s%x00%B%x00%cI%x00%an%x00%ae%x00"));
    for (String entry : log.split("\u0001", -1)) {
      if (!entry.isBlank()) {
        commits.add(commit(entry.split("\0", -1)));
      }
    }
    return commits;
  }

  private static String[] command(String name, List<String> range, String... options) {
    List<String> arguments = new ArrayList<>(List.of("-c", "core.quotePath=false", name));
    arguments.addAll(List.of(options));
    arguments.addAll(range);
    return arguments.toArray(String[]::new);
  }

  private ObjectNode commit(String[] fields) {
    ObjectNode commit = GitlabResponse.JSON.createObjectNode();
    commit.put("id", fields[0]).put("title", fields[1]).put("message", fields[2]);
    commit.put("timestamp", fields[3]).put("url", gitlab.page("commit/" + fields[0]));
    commit.putObject("author").put("name", fields[4]).put("email", fields[5]);
    Map<String, ArrayNode> files =
        Map.of(
            "A", commit.putArray("added"),
            "M", commit.putArray("modified"),
            "D", commit.putArray("removed"));
    fields[6]
        .lines()
        .filter(line -> line.contains("\t"))
        .forEach(line -> files.get(line.substring(0, 1)).add(line.substring(2)));
    return commit;
  }

  private ObjectNode event(String kind) {
    ObjectNode event = GitlabResponse.JSON.createObjectNode().put("object_kind", kind);
    event.set("user", users.self());
    event
        .putObject("project")
        .put("id", FakeGitlab.ID)
        .put("name", "gitops")
        .put("path_with_namespace", gitlab.path())
        .put("default_branch", "main")
        .put("web_url", gitlab.externalUrl() + "/" + gitlab.path());
    return event;
  }
}
