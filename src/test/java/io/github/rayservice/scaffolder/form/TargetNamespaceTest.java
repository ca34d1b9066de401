package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The target namespace that a form leaves to the service. */
class TargetNamespaceTest {
  private final FormReader reader = FormFixture.reader();

  private static ObjectNode document(String namespace, String name) {
    ObjectNode document = FormFixture.minimal(namespace, name);
    document.withObject("/spec").put("name", "model").remove("namespace");
    return document;
  }

  private String filledIn(String namespace, String name) {
    return reader.read(document(namespace, name)).form().namespace();
  }

  @ParameterizedTest
  @CsvSource({
    "a, b-x, ray-a--b-x",
    "a-b, x, ray-a-b--x",
    "a--b, x, ray-a-b-x-ada28e13",
    "a, b--x, ray-a-b-x-08488eba",
    "a, b---x, ray-a-b-x-47a46452",
  })
  void twoIdentitiesNeverHaveTheSame(String namespace, String name, String expected) {
    assertThat(filledIn(namespace, name)).isEqualTo(expected);
  }

  /** Together they have 58 characters at most. */
  @Test
  void theLongestIdentityFits() {
    Set<String> all = new HashSet<>();
    for (int team = 1; team < 58; team++) {
      String name = "n".repeat(58 - team);
      String namespace = filledIn("t".repeat(team), name);
      assertThat(namespace).hasSizeLessThanOrEqualTo(63).doesNotContain("--");
      assertThat(all.add(namespace)).as(namespace).isTrue();
    }
    assertThat(filledIn("t".repeat(30), "n".repeat(27)))
        .isEqualTo("ray-" + "t".repeat(30) + "--" + "n".repeat(27));
  }

  @Test
  void anAbsentOneIsNoViolationBesideABrokenIdentity() {
    ObjectNode document = document("team-ml", "text-ml");
    document.withObject("/metadata").put("name", "Text");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations()).extracting(Violation::field).containsExactly("metadata.name");
  }

  @Test
  void aFileInGitHasOne() {
    InvalidFormException e =
        catchThrowableOfType(
            InvalidFormException.class, () -> reader.readStored(document("team-ml", "text-ml")));

    assertThat(e.violations())
        .extracting(v -> List.of(v.field(), v.rule()))
        .containsExactly(List.of("spec.namespace", "is required"));
  }
}
