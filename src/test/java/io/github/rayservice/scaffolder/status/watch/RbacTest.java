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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rights that the manifests give are those that the code uses. */
class RbacTest {
  /** What {@link Dependencies} asks beside what is watched. */
  private static final Set<String> ASKED =
      Set.of(
          "get applications.argoproj.io",
          "get appprojects.argoproj.io",
          "get applicationsets.argoproj.io");

  private static final Map<String, String> PLURALS =
      Map.of("ingress", "ingresses", "networkpolicy", "networkpolicies");

  @Test
  void nothingMoreAndNothingLess() throws IOException {
    Set<String> used = new HashSet<>(ASKED);
    Arrays.stream(WatchedKind.values())
        .forEach(
            kind -> Stream.of("list ", "watch ").forEach(verb -> used.add(verb + kind.label())));

    assertThat(granted("k8s/service/rbac.yaml")).containsExactlyInAnyOrderElementsOf(used);
    assertThat(granted("k8s/service/capacity/rbac.yaml")).containsExactly("list nodes");
  }

  /** kro makes and removes what the definition has, and writes the instance's status. */
  @Test
  void kroMayDoWhatTheDefinitionNeeds() throws IOException {
    Set<String> used = new HashSet<>();
    for (String of : List.of("", "/status", "/finalizers")) {
      Stream.of("get ", "list ", "watch ", "patch ", "update ")
          .forEach(verb -> used.add(verb + "rayservices" + of + ".kro.run"));
    }
    for (JsonNode resource :
        documents("k8s/platform/resource-graph-definition.yaml").getFirst().at("/spec/resources")) {
      JsonNode object = resource.path(resource.has("template") ? "template" : "externalRef");
      String version = object.path("apiVersion").asText();
      String group = version.contains("/") ? "." + version.replaceAll("/.*", "") : "";
      String kind = object.path("kind").asText().toLowerCase(Locale.ROOT);
      String plural = PLURALS.getOrDefault(kind, kind + "s");
      // What the definition only refers to is read.
      List<String> verbs =
          resource.has("template")
              ? List.of("get ", "list ", "watch ", "create ", "patch ", "update ", "delete ")
              : List.of("get ", "list ", "watch ");
      verbs.forEach(verb -> used.add(verb + plural + group));
    }

    assertThat(granted("k8s/platform/kro-role.yaml")).containsExactlyInAnyOrderElementsOf(used);
  }

  private static List<JsonNode> documents(String file) throws IOException {
    return new YAMLMapper()
        .readerFor(JsonNode.class)
        .<JsonNode>readValues(Path.of(file).toFile())
        .readAll();
  }

  private static Set<String> granted(String file) throws IOException {
    List<JsonNode> documents = documents(file);
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
