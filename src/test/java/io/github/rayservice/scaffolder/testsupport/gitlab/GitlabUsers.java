package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The users; the first is the owner of the token. */
final class GitlabUsers {
  private static final Map<String, Long> IDS = Map.of("rayservice", 1L, "ann", 11L, "bob", 12L);

  ObjectNode self() {
    return user("rayservice", 1);
  }

  List<ObjectNode> named(Optional<String> name) {
    return IDS.entrySet().stream()
        .filter(user -> name.isEmpty() || name.get().equals(user.getKey()))
        .map(user -> user(user.getKey(), user.getValue()))
        .toList();
  }

  Optional<ObjectNode> withId(long id) {
    return IDS.entrySet().stream()
        .filter(user -> user.getValue() == id)
        .map(user -> user(user.getKey(), id))
        .findFirst();
  }

  private static ObjectNode user(String name, long id) {
    return GitlabResponse.JSON
        .createObjectNode()
        .put("id", id)
        .put("username", name)
        .put("name", name)
        .put("state", "active");
  }
}
