package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.policy.EndpointHosts;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.quarkus.runtime.LaunchMode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hosts and ingress classes that a platform lets a form ask for. */
class EndpointHostsTest {
  private static final String SETTING = "scaffolder.form.hosts";
  private static final String HOSTS =
      "*.Models.example.com, models.example.com,lab.models.example.com";

  private static FormReader reader(String hosts) {
    return FormFixture.reader(Map.of(SETTING, hosts));
  }

  private static ObjectNode document(String host) {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/ingress").put("host", host);
    return document;
  }

  @ParameterizedTest
  @CsvSource({
    "text.models.example.com, true",
    "x.models.example.com, true",
    "models.example.com, false",
    "lab.models.example.com, false",
  })
  void aHostOfAWildcardIsForOneUnlessItIsNamed(String host, boolean ownHost) {
    assertThat(reader(HOSTS).read(document(host)).form().ingress())
        .isEqualTo(new RayServiceForm.Ingress(host, "nginx", ownHost));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b.models.example.com",
        "example.com",
        "xmodels.example.com",
        "text.modelsxexample.com",
        "gitlab.example.com",
      })
  void anyOtherHostIsRefusedWithThePatterns(String host) {
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader(HOSTS).read(document(host)));

    assertThat(e.violations())
        .containsExactly(
            Violation.of(
                "spec.ingress.host",
                host,
                "must be one of *.models.example.com, models.example.com, lab.models.example.com",
                "policy of this platform: scaffolder.form.hosts"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*.models.example.com,lab.example.com | text-ml-team-ml.models.example.com | true",
        "lab.example.com,*.models.example.com | lab.example.com | false",
      })
  void anEmptyHostIsTheFirst(String hosts, String host, boolean ownHost) {
    RayServiceForm.Ingress expected = new RayServiceForm.Ingress(host, "nginx", ownHost);

    assertThat(reader(hosts).read(document("")).form().ingress()).isEqualTo(expected);
    assertThat(reader(hosts).read(FormFixture.minimal("team-ml", "text-ml")).form().ingress())
        .isEqualTo(expected);
  }

  /** The README's address: the definition's own default, where the platform has it. */
  @Test
  void anEmptyHostIsThatOfGitlabWhereItIsListed() {
    assertThat(
            reader("*.models.example.com,gitlab.example.com").read(document("")).form().ingress())
        .isEqualTo(new RayServiceForm.Ingress("", "nginx", false));
  }

  @Test
  void aHostThatIsNoTextIsNotReplaced() {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/ingress").putObject("host");

    InvalidFormException e =
        catchThrowableOfType(
            InvalidFormException.class, () -> reader("*.models.example.com").read(document));

    assertThat(e.violations()).extracting(Violation::field).containsExactly("spec.ingress.host");
  }

  /** Its label is the longest that there is, and a host has at most 253 characters. */
  @Test
  void theLongestNamesFitBelowTheLongestWildcard() {
    String suffix = "s".repeat(63) + "." + "t".repeat(63) + "." + "u".repeat(63) + ".v";
    ObjectNode document = FormFixture.minimal("n".repeat(30), "a".repeat(28));
    document.withObject("/spec").put("name", "a").put("namespace", "ray-a");

    assertThat(suffix).hasSize(193);
    assertThat(reader("*." + suffix).read(document).form().endpointHost()).hasSize(253);
    assertThatThrownBy(() -> reader("*." + suffix + "w")).hasStackTraceContaining(SETTING);
  }

  @Test
  void aDocumentWithoutAnIdentityIsToldThatAlone() {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/metadata").remove("name");

    InvalidFormException e =
        catchThrowableOfType(
            InvalidFormException.class, () -> reader("*.models.example.com").read(document));

    assertThat(e.violations()).extracting(Violation::field).containsExactly("metadata.name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "*.com",
        "models-*.example.com",
        "*.*.example.com",
        "a.*.example.com",
        "https://models.example.com",
        "models.example.com:443",
        "models.example.com/x",
        "10.0.0.1",
        "*.0.0.1",
        "-a.example.com",
        "models..example.com",
      })
  void aPatternThatIsNoneIsNamed(String pattern) {
    assertThatThrownBy(() -> reader("lab.example.com," + pattern))
        .hasStackTraceContaining(SETTING)
        .hasStackTraceContaining("\"" + pattern + "\" is neither a host");
  }

  @ParameterizedTest
  @EnumSource(LaunchMode.class)
  void withoutHostsAPackagedServiceDoesNotStart(LaunchMode mode) {
    EndpointHosts none = EndpointHosts.of(FormFixture.config(Map.of()).hosts());
    EndpointHosts some =
        EndpointHosts.of(FormFixture.config(Map.of(SETTING, "lab.example.com")).hosts());

    assertThatCode(() -> some.requireNamed(mode)).doesNotThrowAnyException();
    if (mode == LaunchMode.NORMAL) {
      assertThatThrownBy(() -> none.requireNamed(mode)).hasMessageStartingWith(SETTING);
    } else {
      assertThatCode(() -> none.requireNamed(mode)).doesNotThrowAnyException();
    }
  }

  @Test
  void theFirstIngressClassIsThatOfAFormWithoutOne() {
    FormReader platform =
        FormFixture.reader(Map.of("scaffolder.form.ingress-classes", "traefik,nginx"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");

    assertThat(platform.read(document).form().ingress().className()).isEqualTo("traefik");
    document.withObject("/spec/ingress").put("className", "nginx");
    assertThat(platform.read(document).form().ingress().className()).isEqualTo("nginx");
  }

  @Test
  void anyOtherIngressClassIsRefused() {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/ingress").put("className", "internal");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> FormFixture.reader().read(document));

    assertThat(e.violations())
        .containsExactly(
            Violation.of(
                "spec.ingress.className",
                "internal",
                "must be one of nginx",
                "policy of this platform: scaffolder.form.ingress-classes"));
    assertThatThrownBy(
            () -> FormFixture.reader(Map.of("scaffolder.form.ingress-classes", "nginx,In_ternal")))
        .hasStackTraceContaining("scaffolder.form.ingress-classes")
        .hasStackTraceContaining("\"In_ternal\" must be the name of an IngressClass");
  }
}
