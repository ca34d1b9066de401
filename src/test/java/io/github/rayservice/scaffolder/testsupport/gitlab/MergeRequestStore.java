package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResponse.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Merge requests: validation, changes, and their JSON. */
final class MergeRequestStore {
  private static final List<String> STATES = List.of("opened", "closed", "merged", "locked", "all");

  private final FakeGitlab gitlab;
  private final GitlabUsers users;
  private final Merging merging;
  private final List<ObjectNode> mergeRequests = new ArrayList<>();
  private final Map<Long, Fork> forks = new HashMap<>();
  private boolean knowsSourceProject = true;

  MergeRequestStore(FakeGitlab gitlab, GitlabUsers users, Merging merging) {
    this.merging = merging;
    this.gitlab = gitlab;
    this.users = users;
  }

  List<JsonNode> all() {
    return mergeRequests.stream().map(mr -> (JsonNode) shown(mr).deepCopy()).toList();
  }

  ObjectNode at(int iid) {
    return mergeRequests.get(iid - 1);
  }

  Optional<ObjectNode> find(String iid) {
    return mergeRequests.stream().filter(mr -> mr.path("iid").asText().equals(iid)).findFirst();
  }

  /** Forks the project. */
  Fork fork(GitCommand git) {
    Fork fork = new Fork(gitlab, this, FakeGitlab.ID + 1 + forks.size(), git);
    forks.put(fork.id(), fork);
    return fork;
  }

  /** Whether the parameter {@code source_project_id} of a list is known. */
  void knowSourceProject(boolean known) {
    knowsSourceProject = known;
  }

  private GitCommand source(JsonNode mr) {
    Fork fork = forks.get(mr.path("source_project_id").asLong());
    return fork == null ? gitlab.git() : fork.git();
  }

  GitlabResponse list(GitlabRequest call) {
    boolean all = !knowsSourceProject || call.text("source_project_id").isEmpty();
    int source = all ? 0 : call.positive("source_project_id", 1);
    String state = call.oneOf("state", STATES).orElse("all");
    String sort = call.oneOf("sort", List.of("asc", "desc")).orElse("desc");
    Comparator<JsonNode> order = Comparator.comparingLong(mr -> mr.path("iid").asLong());
    return GitlabResponse.page(
        call,
        mergeRequests.stream()
            .filter(mr -> state.equals("all") || mr.path("state").asText().equals(state))
            .filter(mr -> all || mr.path("source_project_id").asInt() == source)
            .filter(mr -> matches(call, mr, "source_branch"))
            .filter(mr -> matches(call, mr, "target_branch"))
            .sorted(sort.equals("asc") ? order : order.reversed())
            .map(this::shown)
            .toList());
  }

  private static boolean matches(GitlabRequest call, JsonNode mr, String field) {
    return call.text(field).map(wanted -> wanted.equals(mr.path(field).asText())).orElse(true);
  }

  GitlabResponse create(JsonNode requested) {
    return create(requested, FakeGitlab.ID, gitlab.git());
  }

  GitlabResponse create(JsonNode requested, Fork fork) {
    return create(requested, fork.id(), fork.git());
  }

  private GitlabResponse create(JsonNode requested, long project, GitCommand git) {
    checkFields(requested);
    String source = requested.path("source_branch").asText();
    String target = requested.path("target_branch").asText();
    if (source.equals(target) && project == FakeGitlab.ID) {
      return GitlabResponse.messages(
          422, "You can't use same project/branch for source and target");
    }
    for (String branch : List.of(source, target)) {
      boolean isSource = branch.equals(source);
      if (FakeGitlab.head(isSource ? git : gitlab.git(), branch).isEmpty()) {
        String side = isSource ? "Source" : "Target";
        return GitlabResponse.messages(400, side + " branch \"" + branch + "\" does not exist");
      }
    }
    Optional<ObjectNode> other = open(project, source, target);
    if (other.isPresent()) {
      return GitlabResponse.messages(
          409,
          "Another open merge request already exists for this source branch: !"
              + other.get().path("iid").asLong());
    }
    return GitlabResponse.of(201, single(add(requested, project)));
  }

  private static void checkFields(JsonNode requested) {
    for (String field : List.of("source_branch", "target_branch", "title")) {
      if (!requested.hasNonNull(field)) {
        throw new Refused(GitlabResponse.error(400, field + " is missing"));
      }
    }
    for (String field : List.of("title", "source_branch")) {
      if (requested.path(field).asText().isBlank()) {
        throw new Refused(GitlabResponse.error(400, field + " is empty"));
      }
    }
    checkTitle(requested);
  }

  private static void checkTitle(JsonNode requested) {
    if (requested.path("title").asText().length() > 255) {
      ObjectNode body = GitlabResponse.JSON.createObjectNode();
      body.putObject("message").putArray("title").add("is too long (maximum is 255 characters)");
      throw new Refused(GitlabResponse.of(400, body));
    }
  }

  private Optional<ObjectNode> open(long project, String source, String target) {
    return mergeRequests.stream()
        .filter(mr -> mr.path("source_project_id").asLong() == project)
        .filter(mr -> mr.path("state").asText().equals("opened"))
        .filter(mr -> mr.path("source_branch").asText().equals(source))
        .filter(mr -> mr.path("target_branch").asText().equals(target))
        .findFirst();
  }

  /** Adds a merge request without the checks of the API. */
  ObjectNode add(JsonNode requested) {
    return add(requested, FakeGitlab.ID);
  }

  private ObjectNode add(JsonNode requested, long project) {
    int iid = mergeRequests.size() + 1;
    ObjectNode made =
        GitlabResponse.JSON
            .createObjectNode()
            .put("id", 1000 + iid)
            .put("iid", iid)
            .put("project_id", FakeGitlab.ID)
            .put("target_project_id", FakeGitlab.ID)
            .put("source_project_id", project)
            .put("state", "opened")
            .put("title", requested.path("title").asText())
            .put("description", requested.path("description").asText())
            .put("source_branch", requested.path("source_branch").asText())
            .put("target_branch", requested.path("target_branch").asText("main"))
            .put("web_url", gitlab.page("merge_requests/" + iid))
            .put("force_remove_source_branch", requested.path("remove_source_branch").asBoolean())
            .put("squash", requested.path("squash").asBoolean())
            .put("created_at", Instant.now().toString())
            .put("merge_when_pipeline_succeeds", false);
    made.set("author", users.self());
    label(made, labels(requested.path("labels")));
    made.putArray("assignees");
    made.putArray("reviewers");
    people(made, requested);
    mergeRequests.add(touched(made));
    announce();
    gitlab.changed(shown(made), "open");
    return made;
  }

  private void announce() {
    Map<String, String> open = new HashMap<>();
    for (ObjectNode mr : mergeRequests) {
      if (mr.path("state").asText().equals("opened")
          && mr.path("source_project_id").asLong() == FakeGitlab.ID) {
        open.put(mr.path("source_branch").asText(), mr.path("web_url").asText());
      }
    }
    PushHooks.announce(gitlab.git(), open);
  }

  static ObjectNode touched(ObjectNode mr) {
    return mr.put("updated_at", Instant.now().toString());
  }

  private void people(ObjectNode mr, JsonNode requested) {
    for (String role : List.of("assignee", "reviewer")) {
      boolean many = requested.has(role + "_ids");
      if (many || requested.has(role + "_id")) {
        ArrayNode array = mr.putArray(role + "s");
        (many ? requested.path(role + "_ids") : List.of(requested.path(role + "_id")))
            .forEach(id -> users.withId(id.asLong()).ifPresent(array::add));
      }
    }
  }

  /** GitLab accepts labels as an array, and as text with commas. */
  private static Set<String> labels(JsonNode requested) {
    Set<String> labels = new TreeSet<>();
    (requested.isArray() ? requested : List.of(requested))
        .forEach(text ->
            Arrays.stream(text.asText().split(","))
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .forEach(labels::add));
    return labels;
  }

  private static void label(ObjectNode mr, Set<String> labels) {
    ArrayNode array = mr.putArray("labels");
    labels.forEach(array::add);
  }

  /** The JSON of a single merge request; lists do not contain the pipeline. */
  ObjectNode single(ObjectNode mr) {
    ObjectNode whole = shown(mr).deepCopy();
    if (whole.has("pipeline")) {
      whole
          .putObject("head_pipeline")
          .put("id", 77)
          .put("status", mr.path("pipeline").asText())
          .put("web_url", gitlab.page("pipelines/77"));
    } else {
      whole.putNull("head_pipeline");
    }
    return whole;
  }

  /** The JSON of a list item, with the fields that depend on the branch. */
  ObjectNode shown(ObjectNode mr) {
    boolean open = mr.path("state").asText().equals("opened");
    if (open || !mr.has("sha")) {
      FakeGitlab.head(source(mr), mr.path("source_branch").asText())
          .ifPresent(sha -> mr.put("sha", sha));
    }
    boolean draft = mr.path("title").asText().startsWith("Draft: ");
    mr.put("draft", draft);
    mr.put("detailed_merge_status", open ? merging.status(mr, draft) : "not_open");
    return mr;
  }

  GitlabResponse edit(ObjectNode mr, JsonNode requested) {
    if (requested.isEmpty()) {
      return GitlabResponse.error(
          400,
          "assignee_id, assignee_ids, reviewer_ids, description, labels, add_labels, remove_labels, milestone_id, remove_source_branch, allow_collaboration, allow_maintainer_to_push, squash, target_branch, title, state_event, discussion_locked, merge_after are missing, at least one parameter must be provided");
    }
    String event = requested.path("state_event").asText();
    if (requested.hasNonNull("state_event") && !List.of("close", "reopen").contains(event)) {
      return GitlabResponse.error(400, "state_event does not have a valid value");
    }
    checkTitle(requested);
    for (String field : List.of("title", "description", "target_branch")) {
      if (requested.hasNonNull(field)) {
        mr.put(field, requested.path(field).asText());
      }
    }
    Set<String> all = new TreeSet<>();
    mr.path("labels").forEach(l -> all.add(l.asText()));
    if (requested.hasNonNull("labels")) {
      all.clear();
      all.addAll(labels(requested.path("labels")));
    }
    all.addAll(labels(requested.path("add_labels")));
    all.removeAll(labels(requested.path("remove_labels")));
    label(mr, all);
    people(mr, requested);
    touched(mr);
    String state = mr.path("state").asText();
    String action = "update";
    if (event.equals("close") && state.equals("opened")) {
      shown(mr).put("state", "closed");
      action = event;
    } else if (event.equals("reopen") && state.equals("closed")) {
      mr.put("state", "opened");
      action = event;
    }
    announce();
    gitlab.changed(shown(mr), action);
    return GitlabResponse.of(200, single(mr));
  }

  GitlabResponse merge(ObjectNode mr, JsonNode requested) {
    merging.runBefore();
    if (merging.waits(shown(mr), requested)) {
      return GitlabResponse.of(200, single(touched(mr.put("merge_when_pipeline_succeeds", true))));
    }
    if (requested.has("should_remove_source_branch")) {
      mr.put(
          "force_remove_source_branch", requested.path("should_remove_source_branch").asBoolean());
    }
    if (requested.has("squash")) {
      mr.put("squash", requested.path("squash").asBoolean());
    }
    merging.merge(mr, source(mr));
    touched(mr).put("state", "merged").put("merged_at", Instant.now().toString());
    announce();
    gitlab.changed(mr, "merge");
    return GitlabResponse.of(200, single(mr));
  }
}
