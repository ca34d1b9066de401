package io.github.rayservice.scaffolder.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class RendererTest {
  private final Renderer renderer = RenderFixture.renderer();

  static Stream<String> hostile() {
    return Stream.of(
        ":",
        "-",
        "#",
        "- a",
        "a: b",
        "a #b",
        "${{ }}",
        "{{ }}",
        "{value}",
        "{#if}",
        "yes",
        "no",
        "on",
        "null",
        "~",
        "",
        " ",
        " a ",
        "1",
        "1e3",
        "0x1F",
        "0o7",
        "017",
        "1_000",
        "12:30:45",
        ".inf",
        ".nan",
        "2026-11-23",
        "=",
        "<<",
        "*a",
        "&a",
        "!a",
        "!!str a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "\"",
        "'",
        "\\",
        "\\n",
        "a\nb: c",
        "a\r\nb",
        "\ta",
        "a\u0000b",
        "\u0085",
        "\u2028",
        "\u2029",
        "\uFEFF",
        "\u007f",
        "\u009f",
        "\uFFFE",
        "😀",
        "\uDBFF\uDFFF",
        "---",
        "...",
        "a\n---\nb",
        "?",
        "? a",
        "[",
        "]",
        "{",
        "}",
        ",",
        "a".repeat(10_000),
        "é",
        "\u202Eabc",
        "</script>",
        "$\\{x}",
        "${schema.spec.name}");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void anyValueIsReadBackUnchangedFromYaml(String value) throws Exception {
    RayServiceRequest request = FormFixture.unchecked(value);

    RenderedFiles files = renderer.render(request);

    assertThat(StrictYaml.read(files.instance()).at("/spec/createdBy").textValue())
        .isEqualTo(value);
    assertThat(renderer.readInstance(files.instance()).spec()).isEqualTo(request.form());
    // Each field is one line, whatever its value.
    assertThat(files.instance().lines())
        .hasSameSizeAs(renderer.render(FormFixture.unchecked("x")).instance().lines().toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${LD_LIBRARY_PATH}:/x",
        "a\nb: c\n",
        "a\n\n  b\n\n",
        "a\r\n\tb\r",
        "\n",
        "- a\n- b"
      })
  void theValueOfAVariableKeepsItsLines(String value) throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withArray("/spec/runtimeEnv/envVars").addObject().put("name", "A").put("value", value);
    RayServiceRequest request = FormFixture.reader().read(document);

    String instance = renderer.render(request).instance();

    assertThat(StrictYaml.read(instance).at("/spec/runtimeEnv/envVars/0/value").textValue())
        .isEqualTo(value);
    assertThat(renderer.readInstance(instance).spec()).isEqualTo(request.form());
    assertThat(FormFixture.reader().read(StrictYaml.read(instance)).form())
        .isEqualTo(request.form());
  }

  @Test
  void noTemplateWritesUnquotedValues() throws Exception {
    try (Stream<Path> templates = Files.walk(Path.of("src/main/resources/templates"))) {
      for (Path template : templates.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(template)).as(template.toString()).doesNotContain(".raw");
      }
    }
  }

  @Test
  void labelsAndAnnotationsOfTheRequestAreWrittenBesideOurs() throws Exception {
    RenderedFiles files =
        renderer.render(
            labelled("{app.kubernetes.io/part-of: ml, yes: 'no'}", "{note: \"two\\nlines\"}"));

    JsonNode metadata = StrictYaml.read(files.instance()).path("metadata");

    assertThat(metadata.path("labels"))
        .isEqualTo(
            StrictYaml.read(
                "{backstage.io/kubernetes-id: text-ml, app.kubernetes.io/part-of: ml, yes: 'no'}"));
    assertThat(metadata.at("/annotations/note").textValue()).isEqualTo("two\nlines");
    assertThat(metadata.at("/annotations/argocd.argoproj.io~1sync-options").textValue())
        .isEqualTo("SkipDryRunOnMissingResource=true");
  }

  @Test
  void anUpdateSetsTheLabelsThatItNamesAndKeepsTheOthers() throws Exception {
    RayServiceRequest before = labelled("{a: old, b: '1'}", "{}");
    RenderedFiles ours = renderer.render(before);
    RenderedFiles edited =
        new RenderedFiles(
            ours.instance()
                .replace("    a: \"old\"", "    mine: \"1\" # of a person\n    a: \"old\"")
                .replace("SkipDryRunOnMissingResource=true", "Prune=false"),
            ours.entity());

    String updated =
        renderer.update(edited, before, labelled("{a: new, c: '2'}", "{n: x}")).instance();

    JsonNode metadata = StrictYaml.read(updated).path("metadata");
    assertThat(metadata.path("labels"))
        .isEqualTo(
            StrictYaml.read(
                "{backstage.io/kubernetes-id: text-ml, mine: '1', a: new, b: '1', c: '2'}"));
    assertThat(metadata.path("annotations"))
        .isEqualTo(StrictYaml.read("{argocd.argoproj.io/sync-options: Prune=false, n: x}"));
    assertThat(updated).contains("# of a person");
  }

  private static RayServiceRequest labelled(String labels, String annotations) {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/metadata").set("labels", yaml(labels));
    document.withObject("/metadata").set("annotations", yaml(annotations));
    return FormFixture.reader().read(document);
  }

  private static JsonNode yaml(String text) {
    try {
      return StrictYaml.read(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  @Test
  void theSameRequestGivesTheSameBytes() {
    RayServiceRequest request = FormFixture.request("team-ml", "text-ml");

    assertThat(RenderFixture.renderer().render(request)).isEqualTo(renderer.render(request));
  }

  @Test
  void anUpdateChangesOnlyTheUpdatedValues() {
    RayServiceRequest before = FormFixture.request("team-ml", "text-ml");
    RenderedFiles files = renderer.render(before);
    RayServiceRequest after =
        request(spec -> {
          spec.put("replicas", 5);
          spec.putObject("ingress").put("host", "ml.example.com");
        });

    RenderedFiles updated = renderer.update(files, before, after);

    assertThat(updated).isEqualTo(renderer.render(after));
  }

  @Test
  void anUpdateKeepsManualEdits() {
    RayServiceRequest before = FormFixture.request("team-ml", "text-ml");
    RenderedFiles ours = renderer.render(before);
    RenderedFiles edited =
        new RenderedFiles(
            ours.instance()
                    .replace(
                        "  labels:\n", "  labels:\n    cost-centre: \"4711\" # asked by Jane\n")
                    .replace(
                        "  replicas: 2\n",
                        "  # Two are enough at night. 😀\n  replicas:   2   # see #17\n")
                + "  pacing: {max: 4}\n",
            ours.entity()
                .replace("metadata:\n", "metadata:\n  tags: [nlp, gpu]\n")
                .replace(
                    "  links:\n",
                    "  links:\n    - {title: Runbook, url: 'https://wiki.example.com/x'}\n"));
    RayServiceRequest after =
        request(spec -> {
          spec.put("replicas", 5);
          spec.putObject("ingress").put("host", "ml.example.com");
        });

    RenderedFiles updated = renderer.update(edited, before, after);

    assertThat(updated.instance())
        .isEqualTo(
            edited
                .instance()
                .replace("replicas:   2 ", "replicas:   5 ")
                .replace("host: \"\"", "host: \"ml.example.com\""));
    assertThat(updated.entity())
        .isEqualTo(
            edited
                .entity()
                .replace("https://gitlab.example.com/ray", "https://ml.example.com/ray"));
  }

  /** Every way from one of these to another: fields come, go, and change their kind. */
  @Test
  void anUpdateAddsChangesAndRemovesStructures() {
    List<RayServiceRequest> requests =
        Stream.of(
                "{}",
                "{args: {}}",
                "{args: {model: t5, 'n': [1, 2.5, true, {a: ''}], text: \"two\\nlines 😀 # no comment\"}}",
                "{args: {model: {id: t5, size: {small: 1}}, other: x}, rayServeFile: ''}",
                "{runtimeEnv: {pip: [torch, 'transformers<5']}}",
                "{runtimeEnv: {envVars: [{name: A, value: '1'}, {name: B, value: ''}]}}",
                "{runtimeEnv: {pip: [], envVars: [{name: A, value: '2'}]}, routePrefix: /x}",
                "{deployments: [{name: A, numReplicas: 2, userConfig: {k: v}}, {name: B, rayActorOptions: {numCpus: 0.2}}]}",
                "{deployments: [{name: B, autoscalingConfig: {maxReplicas: 2}}], autoscaling: {maxReplicas: 4}}",
                "{autoscaling: {minReplicas: 1, maxReplicas: 3, idleTimeoutSeconds: 5}, args: {'y': 'null'}}",
                "{serveConfig: {applications: [{name: a, import_path: 'a:b'}]}}")
            .map(RendererTest::requestWith)
            .toList();
    for (RayServiceRequest before : requests) {
      RenderedFiles files = renderer.render(before);
      RenderedFiles edited =
          new RenderedFiles(
              files
                  .instance()
                  .replace("  replicas: 2\n", "  # Enough at night.\n  replicas: 2 # see #17\n"),
              files.entity());
      for (RayServiceRequest after : requests) {
        assertThat(renderer.update(files, before, after)).isEqualTo(renderer.render(after));
        assertThat(renderer.update(edited, before, after).instance())
            .contains("  # Enough at night.\n  replicas: 2 # see #17\n");
      }
    }
  }

  private static RayServiceRequest requestWith(String yaml) {
    try {
      ObjectNode changes = (ObjectNode) StrictYaml.read(yaml);
      return request(spec -> spec.setAll(changes));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What people made of it by hand, in braces, is edited, too. */
  @Test
  void structuresInBracesAreEdited() {
    RayServiceRequest before =
        requestWith("{runtimeEnv: {pip: [torch], envVars: [{name: A, value: '1'}]}, args: {a: 1}}");
    RenderedFiles ours = renderer.render(before);
    String restyled =
        ours.instance()
            .replaceFirst(
                "  runtimeEnv:\n(    .*\n)+",
                "  runtimeEnv: {pip: [torch], envVars: [{name: A, value: '1'}]} # by hand\n")
            .replaceFirst("  args:\n(    .*\n)+", "  args: {a: 1, mine: true}\n");
    RayServiceRequest after =
        requestWith(
            "{runtimeEnv: {envVars: [{name: A, value: '2'}]}, args: {a: 1, mine: true, b: {c: 2}}}");
    RayServiceRequest stored =
        requestWith(
            "{runtimeEnv: {pip: [torch], envVars: [{name: A, value: '1'}]}, args: {a: 1, mine: true}}");

    String updated =
        renderer.update(new RenderedFiles(restyled, ours.entity()), stored, after).instance();

    assertThat(renderer.readInstance(updated).spec()).isEqualTo(after.form());
    assertThat(updated).contains("} # by hand\n");
  }

  /** Not what the form has: the answer says where, and nothing is written. */
  @ParameterizedTest
  @ValueSource(strings = {"{a: {b: 1}}", "{a: 1}", "{}", "[1]", "5"})
  void anotherStructureInBracesIsNoFailureOfTheService(String args) {
    RayServiceRequest before = requestWith("{args: {a: {b: {c: 1, d: 1}}}}");
    RayServiceRequest after = requestWith("{args: {a: {b: {c: 2}, e: 1}}}");
    RenderedFiles ours = renderer.render(before);
    RenderedFiles edited =
        new RenderedFiles(
            ours.instance().replaceFirst("  args:\n(    .*\n)+", "  args: " + args + "\n"),
            ours.entity());

    try {
      assertThat(renderer.readInstance(renderer.update(edited, before, after).instance()).spec())
          .isEqualTo(after.form());
    } catch (UneditableFileException e) {
      assertThat(e).hasMessageContaining("rayservice.yaml");
    }
  }

  @Test
  void anUpdatedFieldThatWasRemovedByHandIsAddedAgain() {
    RayServiceRequest before = FormFixture.request("team-ml", "text-ml");
    RenderedFiles ours = renderer.render(before);
    String withoutGpuAndIngress =
        ours.instance().replace("      gpu: 0\n", "").replaceFirst("  ingress:\n(    .*\n)+", "");
    RayServiceRequest after =
        request(spec -> {
          spec.putObject("resources").putObject("worker").put("gpu", 1);
          spec.putObject("ingress").put("host", "ml.example.com");
        });

    RenderedFiles updated =
        renderer.update(new RenderedFiles(withoutGpuAndIngress, ours.entity()), before, after);

    assertThat(renderer.readInstance(updated.instance()).spec()).isEqualTo(after.form());
  }

  @Test
  void otherYamlStylesAreEditedInPlace() {
    RayServiceRequest before = FormFixture.request("team-ml", "text-ml");
    RenderedFiles ours = renderer.render(before);
    String restyled =
        ours.instance()
            .replaceFirst(
                "  resources:\n(    .*\n)+",
                "  resources: {head: {cpu: '1', memory: 2Gi}, worker: {cpu: 500m, memory: 1Gi}}\n")
            .replace("  createdBy: \"unknown\"", "  createdBy: >-\n    unknown\n  more: 1")
            .replaceFirst("  ingress:\n(    .*\n)+", "  ingress:\n");
    RayServiceRequest after =
        request(spec -> {
          spec.put("createdBy", "jane");
          ObjectNode worker = spec.putObject("resources").putObject("worker");
          worker.put("gpu", 2).put("cpu", "3");
          spec.putObject("ingress").put("className", "traefik");
        });

    String updated =
        renderer.update(new RenderedFiles(restyled, ours.entity()), before, after).instance();

    assertThat(renderer.readInstance(updated).spec()).isEqualTo(after.form());
    assertThat(updated)
        .contains("worker: {\"gpu\": 2, cpu: \"3\", memory: 1Gi}}")
        .contains("createdBy: \"jane\"\n  more: 1");
  }

  @Test
  void aFileThatCannotBeEditedSafelyIsRejectedWithTheReason() {
    RayServiceRequest before = FormFixture.request("team-ml", "text-ml");
    RenderedFiles ours = renderer.render(before);
    RayServiceRequest after = request(spec -> spec.put("replicas", 5));
    for (String broken :
        List.of(
            ours.instance().replace("replicas: 2", "replicas: &n 2\n  other: *n"),
            ours.instance().replace("replicas: 2", "replicas: [2]"),
            ours.instance().replace("replicas: 2", "replicas: 2\n  replicas: 2"),
            ours.instance().replace("replicas: 2", "replicas: 2\n bad"),
            "")) {
      assertThatThrownBy(
              () -> renderer.update(new RenderedFiles(broken, ours.entity()), before, after))
          .isInstanceOf(UneditableFileException.class)
          .hasMessageStartingWith("rayservice.yaml was edited by hand and");
    }
  }

  private static RayServiceRequest request(Consumer<ObjectNode> edit) {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    edit.accept((ObjectNode) document.get("spec"));
    return FormFixture.reader(Map.of("scaffolder.form.ingress-classes", "nginx,traefik"))
        .read(document);
  }
}
