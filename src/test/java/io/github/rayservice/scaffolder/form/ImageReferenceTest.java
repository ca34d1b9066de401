package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.ImageReference;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which images a form may name: those that a node can parse, and of them the platform's. */
@Execution(ExecutionMode.CONCURRENT)
class ImageReferenceTest {
  private static final String HEX = "0123456789abcdef";
  private static final String SHA256 = "sha256:" + HEX.repeat(4);

  private final FormReader reader = FormFixture.reader();

  private static ObjectNode withImage(String image) {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/ray").put("image", image);
    return document;
  }

  private static Violation refused(FormReader reader, ObjectNode document) {
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));
    assertThat(e).as(document.toString()).isNotNull();
    assertThat(e.violations()).hasSize(1);
    return e.violations().getFirst();
  }

  /** SHA256 is replaced by a digest of this algorithm. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ray",
        "ray:latest",
        "rayproject/ray:2.60.0-py312-cu130",
        "docker.io/rayproject/ray:2.60.0",
        "localhost/ray",
        "localhost:5000/ray:1",
        "registry.company.com:5000/ml/ray:1.4.0",
        "registry.company.com/ml/ray-churn@SHA256",
        "registry.company.com/ml/ray:1.4.0@SHA256",
        "Registry.Company.COM/ml/ray:1",
        "192.168.1.1:5000/repo:5050",
        "[2001:db8::1]/ray",
        "[2001:db8::1]:5000/ml/ray:1.4.0",
        "xn--n3h.com/ray:xn--n3h.com",
        "registry.company.com:5000",
        "a_b/c__d/e---f.g:_T.-",
        "ray:LATEST",
        "ray:5000"
      })
  void whatANodeCanParseIsTaken(String image) {
    String text = image.replace("SHA256", SHA256);

    assertThat(reader.read(withImage(text)).form().ray().image()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "registry.gitlab.com/DataScience/Ray-Text:2.52.0 | must have its repository in lower case: registry.gitlab.com/datascience/ray-text",
        "Ray:2.60.0 | must have its repository in lower case: ray",
        "Team/Ray:2.60.0 | must have its repository in lower case: Team/ray",
        "https://registry.company.com/ray:1 | must have no scheme such as https:// or docker://",
        "docker://rayproject/ray | must have no scheme such as https:// or docker://",
        "ray@latest | must have a digest after '@', such as sha256:",
        "ray@ | must have a digest after '@'",
        "ray@sha256:abc | must have a digest after '@'",
        "ray@SHA256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | must have a digest after '@'",
        "ray@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef | must have a digest after '@'",
        "ray@md5:0123456789abcdef0123456789abcdef | must have a digest after '@'",
        "ray:1:2 | must have only one tag",
        "registry.company.com/ray:1:2 | must have only one tag",
        "ray: | must have a tag after ':', or no ':'",
        "ray:.1 | must have a tag of at most 128 letters",
        "ray:a+b | must have a tag of at most 128 letters",
        "ray :1 | must not contain spaces",
        "ray 1 | must not contain spaces",
        ":1 | must have a repository",
        "registry.company.com/:1 | must have a repository",
        "registry_.company.com:5000/ray | must begin with a registry",
        "registry.company.com:port/ray | must begin with a registry",
        "-registry.company.com:5000/ray | must begin with a registry",
        "[fe80::1%eth0]:5000/ray | must begin with a registry",
        "[2001:db8::1]:5000 | must have a repository",
        "/ray | must have a repository of lower-case letters",
        "ml//ray | must have a repository of lower-case letters",
        "ml/ray/ | must have a repository of lower-case letters",
        "ml/../ray | must have a repository of lower-case letters",
        "ray..text | must have a repository of lower-case letters",
        "ray___text | must have a repository of lower-case letters",
        "-ray | must have a repository of lower-case letters",
        "ray-:1 | must have a repository of lower-case letters",
        "räy | must have a repository of lower-case letters",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | must not be the id of an image",
      })
  void whatNoNodeCanParseIsRefusedWithTheReason(String image, String rule) {
    Violation violation = refused(reader, withImage(image));

    assertThat(violation.field()).isEqualTo("spec.ray.image");
    assertThat(violation.value()).isEqualTo(image);
    assertThat(violation.rule()).startsWith(rule);
    assertThat(violation.source()).isEqualTo("Distribution: grammar of image references");
  }

  @Test
  void eachPartHasItsLength() {
    String name = "h.com/" + "a".repeat(249);
    String longest = name + ":" + "t".repeat(128) + "@sha512:" + HEX.repeat(8);

    assertThat(reader.read(withImage(longest)).form().ray().image()).hasSize(520);
    assertThat(refused(reader, withImage(name + "a")).rule())
        .isEqualTo("must have at most 255 characters before tag and digest (has 256)");
    assertThat(refused(reader, withImage("ray:" + "t".repeat(129))).rule())
        .startsWith("must have a tag of at most 128");
    assertThat(refused(reader, withImage(longest + "0")).rule())
        .isEqualTo("must have 0 to 520 characters");
  }

  /** The words are chosen only for what the pattern refuses: it decides, here and in the forms. */
  @Test
  void thePatternOfTheFormsDecides() {
    Pattern pattern = Pattern.compile(Grammar.RAY_IMAGE.pattern());

    for (String image : List.of("ray@latest", "Ray", "https://a/b", "a:b:c", "a b", "a:", "a//b")) {
      assertThat(pattern.matcher(image).matches()).as(image).isFalse();
    }
  }

  /** As long as the form takes, and each nearly valid. */
  @ParameterizedTest
  @Timeout(10)
  @ValueSource(strings = {"a", "a.", "a/", "a-", "a__", "-", "a.a-a_a/", "A-", "[:", "a:0", "a@b:"})
  void noImageTakesLong(String part) {
    String text = ("a" + part.repeat(520)).substring(0, 519) + "!";

    assertThat(ImageReference.check(text)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "ray, docker.io, library/ray",
    "ray:2.60.0, docker.io, library/ray",
    "docker.io/ray, docker.io, library/ray",
    "index.docker.io/ray, docker.io, library/ray",
    "rayproject/ray:2.60.0, docker.io, rayproject/ray",
    "registry.company.com, docker.io, library/registry.company.com",
    "Registry.Company.com:5000/ml/ray:1, registry.company.com:5000, ml/ray",
    "localhost/ray, localhost, ray",
    "[::1]:5000/a/b:1, [::1]:5000, a/b",
  })
  void aNameIsCompletedAsDockerDoes(String image, String registry, String repository) {
    assertThat(ImageReference.of(image)).isEqualTo(new ImageReference(registry, repository));
  }

  @ParameterizedTest
  @CsvSource({
    "registry.company.com, registry.company.com/ray:1, true",
    "registry.company.com, registry.company.com:5000/ray:1, false",
    "registry.company.com, registry.company.com.evil.org/ray:1, false",
    "registry.company.com:5000, registry.company.com:5000/ml/ray, true",
    "localhost, localhost/ray, true",
    "registry.company.com/ml, registry.company.com/ml/ray:1.4.0, true",
    "registry.company.com/ml, REGISTRY.company.com/ml/ray:1.4.0, true",
    "registry.company.com/ml, registry.company.com/ml:1.4.0, true",
    "registry.company.com/ml/, registry.company.com/ml/a/b, true",
    "registry.company.com/ml, registry.company.com/mlops/ray, false",
    "registry.company.com/ml, rayproject/ray, false",
    "docker.io/rayproject, rayproject/ray:2.60.0, true",
    "docker.io/rayproject, docker.io/rayproject/ray-llm, true",
    "index.docker.io/rayproject, rayproject/ray, true",
    "docker.io/ray, rayproject/ray, false",
    "docker.io/ray, docker.io/rayproject/ray, false",
    "rayproject/ray, docker.io/rayproject/ray:2.60.0, true",
    "rayproject/ray, rayproject/ray-llm, false",
    "ray, docker.io/library/ray:1, true",
    "ray, ray/ray, false",
    "docker.io, ray, true",
    "docker.io, evil.org/docker.io/ray, false",
    "[::1]:5000, [::1]:5000/ray, true",
  })
  void aListAllowsWholePartsOfAPath(String entry, String image, boolean allowed) {
    FormReader strict = FormFixture.reader(Map.of("scaffolder.form.images", entry));

    if (allowed) {
      assertThat(strict.read(withImage(image)).form().ray().image()).isEqualTo(image);
    } else {
      assertThat(refused(strict, withImage(image)).rule())
          .isEqualTo("must be an image of " + entry);
    }
  }

  @Test
  void aRefusalHasTheListAndTheNameOfTheSetting() {
    FormReader strict =
        FormFixture.reader(
            Map.of("scaffolder.form.images", "registry.company.com/ml, docker.io/rayproject"));

    Violation violation = refused(strict, withImage("ghcr.io/ann/ray:1"));

    assertThat(violation)
        .isEqualTo(
            new Violation(
                "spec.ray.image",
                "ghcr.io/ann/ray:1",
                "must be an image of registry.company.com/ml, docker.io/rayproject",
                "policy of this platform: scaffolder.form.images"));
    // The definition's own image, which the platform has chosen.
    assertThat(strict.read(withImage("")).form().ray().image()).isEmpty();
  }

  @Test
  void withoutAListEveryImageIsAllowed() {
    FormReader open = FormFixture.reader(Map.of("scaffolder.form.images", ""));

    assertThat(open.read(withImage("ghcr.io/ann/ray:1")).form().ray().image()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://registry.company.com",
        "registry.company.com/ml/*",
        "*.company.com",
        "rayproject/ray:2.60.0",
        "ray:latest",
        "rayproject/ray@sha256:abc",
        "registry.company.com/ML",
        "registry.company.com//ml",
        "/",
        "a b"
      })
  void aMalformedListStopsTheServiceAtItsStart(String entry) {
    assertThatThrownBy(() ->
            FormFixture.reader(Map.of("scaffolder.form.images", "docker.io/rayproject," + entry)))
        .hasMessageContaining("scaffolder.form.images")
        .hasMessageContaining("is neither a registry");
  }

  /** Ray starts workers in images of a runtime environment, too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "args: {llm_configs: [{runtime_env: {image_uri: 'ghcr.io/ann/ray:1'}}]} | spec.args.llm_configs[0].runtime_env.image_uri | must be an image of docker.io/rayproject",
        "args: {a: {runtime_env: {container: {image: 'ghcr.io/ann/ray:1'}}}} | spec.args.a.runtime_env.container.image | must be an image of docker.io/rayproject",
        "args: {a: {runtime_env: {image_uri: 'docker://rayproject/ray'}}} | spec.args.a.runtime_env.image_uri | must have no scheme",
      })
  void anImageOfARuntimeEnvironmentIsJudged(String spec, String field, String rule)
      throws JsonProcessingException {
    FormReader strict =
        FormFixture.reader(Map.of("scaffolder.form.images", "docker.io/rayproject"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").setAll((ObjectNode) StrictYaml.read("{" + spec + "}"));

    Violation violation = refused(strict, document);

    assertThat(violation.field()).isEqualTo(field);
    assertThat(violation.rule()).startsWith(rule);
  }
}
