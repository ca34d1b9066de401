package io.github.rayservice.scaffolder.status.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rayservice.scaffolder.status.platform.Dependencies;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rights that the manifests give are those that the code uses. */
class RbacTest {
  /** What {@link Dependencies} asks beside what is watched. */
  private static final Set<String> ASKED =
      Set.of("list nodes", "get appprojects.argoproj.io", "get applicationsets.argoproj.io");

  @Test
  void nothingMoreAndNothingLess() throws IOException {
    Set<String> used = new HashSet<>(ASKED);
    Arrays.stream(WatchedKind.values())
        .forEach(
            kind -> Stream.of("list ", "watch ").forEach(verb -> used.add(verb + kind.label())));

    assertThat(granted()).containsExactlyInAnyOrderElementsOf(used);
  }

  private static Set<String> granted() throws IOException {
    List<JsonNode> documents =
        new YAMLMapper()
            .readerFor(JsonNode.class)
            .<JsonNode>readValues(Path.of("k8s/service/rbac.yaml").toFile())
            .readAll();
    Set<String> granted = new HashSet<>();
    for (JsonNode document : documents) {
      for (JsonNode rule : document.path("rules")) {
        for (JsonNode resource : rule.path("resources")) {
          String group = rule.path("apiGroups").path(0).asText();
          String name = resource.asText() + (group.isEmpty() ? "" : "." + group);
          rule.path("verbs").forEach(verb -> granted.add(verb.asText() + " " + name));
        }
      }
    }
    return granted;
  }
}
