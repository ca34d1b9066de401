package io.github.rayservice.scaffolder;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.form.FormField;
import io.github.rayservice.scaffolder.form.field.Field.Page;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What the form promised to its first users, and what each field owes to those who read about it.
 * That kro's schema, OpenAPI, the Backstage forms, the actions and the docs have the same fields is
 * {@code GeneratedFilesTest}'s and {@code TemplateResourceTest}'s.
 */
class ContractTest {
  private final Map<String, FormField> fields = fields("", FormField.ofSpec());

  private static Map<String, FormField> fields(String prefix, List<FormField> form) {
    Map<String, FormField> fields = new TreeMap<>();
    for (FormField field : form) {
      String path = prefix + field.name();
      fields.put(path, field);
      fields.putAll(fields(path + ".", field.children()));
    }
    return fields;
  }

  @Test
  void theElevenFieldsOfTheReadmeHaveItsTypesAndDefaults() {
    String[][] readme = {
      {"name", "string", "none"},
      {"namespace", "string", "none"},
      {
        "rayServeFile",
        "string",
        "https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip"
      },
      {"replicas", "integer", "2"},
      {"resources.head.cpu", "string", "1"},
      {"resources.head.memory", "string", "2Gi"},
      {"resources.worker.cpu", "string", "500m"},
      {"resources.worker.memory", "string", "1Gi"},
      {"gitlab.hostname", "string", "none"},
      {"gitlab.username", "string", "none"},
      {"createdBy", "string", "unknown"},
    };

    for (String[] expected : readme) {
      FormField field = Objects.requireNonNull(fields.get(expected[0]), expected[0]);
      assertThat(field.type().word()).as(expected[0]).isEqualTo(expected[1]);
      assertThat(field.defaultValue().orElse("none")).as(expected[0]).isEqualTo(expected[2]);
    }
  }

  @Test
  void everyFieldIsDescribed() {
    assertThat(fields)
        .isNotEmpty()
        .allSatisfy((path, field) -> assertThat(field.field().value()).as(path).isNotBlank());
  }

  /** Every text and number is limited: nothing that a form sends is without an end. */
  @Test
  void everyTextHasAGrammarAndEveryNumberHasLimits() {
    assertThat(fields)
        .allSatisfy((path, field) -> {
          switch (field.type()) {
            case STRING -> assertThat(field.grammar()).as(path).isPresent();
            case INTEGER, NUMBER -> assertThat(field.limits()).as(path).isPresent();
            case ARRAY ->
                assertThat(field.hasChildren() || field.grammar().isPresent()).as(path).isTrue();
            case OBJECT -> assertThat(field.hasChildren()).as(path).isTrue();
            case BOOLEAN, FREE_OBJECT, STRING_MAP -> {}
          }
        });
  }

  /**
   * The service takes createdBy from the caller's token, and sets restartedAt, what a profile is
   * and whose the host is itself.
   */
  @Test
  void theBackstageFormHasEveryOtherField() {
    Set<String> absent = new TreeSet<>();
    for (FormField field : FormField.ofSpec()) {
      if (field.field().page() == Page.NONE) {
        absent.add(field.name());
      }
    }

    assertThat(absent).containsExactly("createdBy", "restartedAt");
    fields.keySet().removeAll(absent);
    Set<String> setByTheService =
        Set.of("resources.head.hardware", "resources.worker.hardware", "ingress.ownHost");
    assertThat(fields.keySet()).containsAll(setByTheService);
    fields
        .keySet()
        .removeIf(path -> setByTheService.stream().anyMatch(set -> path.startsWith(set)));
    assertThat(fields)
        .allSatisfy((path, field) -> assertThat(field.field().title()).as(path).isNotBlank());
  }

  /** kro refuses a new required field, and a form without it must mean what it meant before. */
  @Test
  void onlyTheFieldsOfTheReadmeAreRequired() {
    Set<String> required = new TreeSet<>();
    fields.forEach((path, field) -> {
      boolean within =
          List.of("runtimeEnv.", "deployments.", "autoscaling.", "secrets.", "modelCache.").stream()
              .anyMatch(path::startsWith);
      if (field.field().required() && !within) {
        required.add(path);
      }
    });

    assertThat(required)
        .containsExactly("gitlab", "gitlab.hostname", "gitlab.username", "name", "namespace");
    // kro has no value for it; the service fills it in, and a form may leave it out.
    required.removeIf(path -> Objects.requireNonNull(fields.get(path)).required());
    assertThat(required).containsExactly("namespace");
  }
}
