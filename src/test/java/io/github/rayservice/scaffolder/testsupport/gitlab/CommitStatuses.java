package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statuses of commits, which external systems set. */
final class CommitStatuses {
  private static final List<String> STATES =
      List.of("pending", "running", "success", "failed", "canceled", "skipped");

  private final FakeGitlab gitlab;
  private final GitlabUsers users;
  private final List<ObjectNode> statuses = new ArrayList<>();

  CommitStatuses(FakeGitlab gitlab, GitlabUsers users) {
    this.gitlab = gitlab;
    this.users = users;
  }

  GitlabResponse create(GitlabRequest call, String sha) {
    call.required("state");
    String state = call.oneOf("state", STATES).orElseThrow();
    Optional<String> commit = gitlab.commit(sha);
    if (commit.isEmpty()) {
      return GitlabResponse.notFound("Commit");
    }
    String name = call.text("name").or(() -> call.text("context")).orElse("default");
    Optional<ObjectNode> earlier =
        statuses.stream()
            .filter(s -> s.path("sha").asText().equals(commit.get()))
            .filter(s -> s.path("name").asText().equals(name))
            .filter(s -> List.of("pending", "running").contains(s.path("status").asText()))
            .findFirst();
    if (earlier.isPresent()
        && state.equals("running")
        && earlier.get().path("status").asText().equals("running")) {
      return GitlabResponse.message(
          400,
          "Cannot transition status via :run from :running (Reason(s): Status cannot transition via \"run\")");
    }
    ObjectNode status = earlier.orElseGet(() -> made(commit.get(), name));
    status.put("status", state);
    for (String field : List.of("ref", "target_url", "description")) {
      call.text(field).ifPresent(value -> status.put(field, value));
    }
    return GitlabResponse.of(201, status);
  }

  private ObjectNode made(String sha, String name) {
    ObjectNode status =
        GitlabResponse.JSON
            .createObjectNode()
            .put("id", 500 + statuses.size())
            .put("sha", sha)
            .put("name", name)
            .put("allow_failure", false)
            .put("created_at", Instant.now().toString());
    status.set("author", users.self());
    statuses.add(status);
    return status;
  }

  GitlabResponse list(GitlabRequest call, String sha) {
    Optional<String> commit = gitlab.commit(sha);
    if (commit.isEmpty()) {
      return GitlabResponse.notFound("Commit");
    }
    return GitlabResponse.page(
        call, statuses.stream().filter(s -> s.path("sha").asText().equals(commit.get())).toList());
  }
}
