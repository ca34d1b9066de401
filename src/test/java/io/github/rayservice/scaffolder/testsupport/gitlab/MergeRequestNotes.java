package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Comments on merge requests, of people and programs. */
final class MergeRequestNotes {
  private final GitlabUsers users;
  private final List<ObjectNode> notes = new ArrayList<>();

  MergeRequestNotes(GitlabUsers users) {
    this.users = users;
  }

  GitlabResponse create(GitlabRequest call, JsonNode mergeRequest) {
    String text = call.required("body");
    if (text.isBlank()) {
      return GitlabResponse.message(400, "400 Bad request - Note {:note=>[\"can't be blank\"]}");
    }
    String now = Instant.now().toString();
    ObjectNode note =
        GitlabResponse.JSON
            .createObjectNode()
            .put("id", 300 + notes.size())
            .put("body", text)
            .put("created_at", now)
            .put("updated_at", now)
            .put("system", false)
            .put("noteable_id", mergeRequest.path("id").asLong())
            .put("noteable_type", "MergeRequest")
            .put("noteable_iid", mergeRequest.path("iid").asLong());
    note.set("author", users.self());
    notes.add(note);
    return GitlabResponse.of(201, note);
  }

  /** Newest first by default. */
  GitlabResponse list(GitlabRequest call, JsonNode mergeRequest) {
    List<ObjectNode> found = new ArrayList<>();
    for (ObjectNode note : notes) {
      if (note.path("noteable_iid").asLong() == mergeRequest.path("iid").asLong()) {
        found.add(note);
      }
    }
    if (call.oneOf("sort", List.of("asc", "desc")).orElse("desc").equals("desc")) {
      Collections.reverse(found);
    }
    return GitlabResponse.page(call, found);
  }
}
