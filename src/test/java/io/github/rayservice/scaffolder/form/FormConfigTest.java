package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of a platform's settings, besides the rules of every form. */
class FormConfigTest {
  @Test
  void aPlatformLimitsReplicasGpusAndHosts() {
    FormReader reader =
        FormFixture.reader(
            Map.of(
                "scaffolder.form.max-replicas", "10",
                "scaffolder.form.max-gpus", "1",
                "scaffolder.form.hosts", "models.example.com,lab.example.com"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    ObjectNode spec = document.withObject("/spec");
    spec.put("replicas", 11);
    spec.withObject("/resources/worker").put("gpu", 2);
    spec.withObject("/ingress").put("host", "gitlab.example.com");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations())
        .extracting(v -> v.field() + " " + v.value() + " " + v.rule())
        .containsExactly(
            "spec.replicas 11 must be at most 10",
            "spec.resources.worker.gpu 2 must be at most 1",
            "spec.ingress.host gitlab.example.com must be one of models.example.com, lab.example.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "kube-public", "argocd", "kuberay-operator"})
  void aNamespaceThatIsNoTeamsIsRefused(String namespace) {
    ObjectNode document = FormFixture.minimal(namespace, "x");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> FormFixture.reader().read(document));

    assertThat(e.violations())
        .containsExactly(
            Violation.of(
                "metadata.namespace",
                namespace,
                "must be a team's namespace, none of the platform's (kube-*, argocd, default, kro-system, kuberay*, ingress-nginx, rayservice-scaffolder)",
                "policy of this platform: scaffolder.form.refused-team-namespaces; Argo CD's project refuses it, too"));
    assertThat(FormFixture.reader().readStored(document).id().namespace()).isEqualTo(namespace);
  }

  /** A list in a setting may have blanks after its commas, and hosts any case. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scaffolder.form.refused-team-namespaces | metadata.namespace",
        "scaffolder.form.protected-namespaces | spec.namespace",
      })
  void aNamespaceAfterABlankIsRefused(String setting, String field) {
    FormReader reader = FormFixture.reader(Map.of(setting, "other, ray-team-ml-*, team-ml"));

    InvalidFormException e =
        catchThrowableOfType(
            InvalidFormException.class,
            () -> reader.read(FormFixture.minimal("team-ml", "text-ml")));

    assertThat(e.violations()).extracting(Violation::field).containsExactly(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://github.com/a.zip", "https://Models.example.com/a.zip"})
  void aDownloadHostAfterABlankAndInAnyCaseIsAllowed(String url) {
    FormReader reader =
        FormFixture.reader(
            Map.of(
                "scaffolder.form.serve-file-hosts", "models.example.com, GitHub.com",
                "scaffolder.form.serve-file-schemes", "s3, https"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").put("rayServeFile", url);

    assertThat(reader.read(document).form().rayServeFile()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://github.com", "github.com:443", "*.github.com", "git hub"})
  void aDownloadHostThatNoAddressHasStopsTheStart(String host) {
    assertThatThrownBy(() ->
            FormFixture.reader(Map.of("scaffolder.form.serve-file-hosts", "a.example.com," + host)))
        .hasStackTraceContaining("scaffolder.form.serve-file-hosts")
        .hasStackTraceContaining(host + "\" is neither a host");
  }

  @Test
  void theTargetOfTheReadmeIsNoTeamsAndAllowed() {
    ObjectNode document = FormFixture.minimal("ray-system", "x");

    assertThat(FormFixture.reader().read(document).id().namespace()).isEqualTo("ray-system");
  }

  @Test
  void argoCdRefusesTheSameNamespaces() throws IOException {
    JsonNode project =
        StrictYaml.read(Files.readString(Path.of("k8s/platform/argocd/project.yaml")));

    assertThat(
            project
                .at("/spec/destinations")
                .valueStream()
                .map(destination -> destination.path("namespace").asText())
                .filter(namespace -> namespace.startsWith("!"))
                .map(namespace -> namespace.substring(1)))
        .containsExactlyElementsOf(FormFixture.config(Map.of()).refusedTeamNamespaces());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-cpu | 5 | cpu | 5.5 in all | must be at most 5 for the head and 9 workers together",
        "max-cpu | 5500m | | |",
        "max-memory | 10Gi | memory | 11264Mi in all | must be at most 10240Mi for the head and 9 workers together",
        "max-memory | 11Gi | | |",
        "max-memory | 11811M | memory | 11264Mi in all | must be at most 11263.847Mi for the head and 9 workers together",
        "max-devices | 17 | gpu | 18 in all | must be at most 17 for the head and 9 workers together",
        "max-devices | 18 | | |",
      })
  void aPlatformLimitsWhatOneRayServiceAsksFor(
      String setting,
      String ceiling,
      @Nullable String field,
      @Nullable String value,
      @Nullable String rule) {
    FormReader reader = FormFixture.reader(Map.of("scaffolder.form." + setting, ceiling));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    ObjectNode spec = document.withObject("/spec");
    spec.put("replicas", 9);
    spec.withObject("/resources/worker").put("gpu", 2);

    if (value == null) {
      assertThat(reader.read(document).form().replicas()).isEqualTo(9);
      return;
    }
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));
    assertThat(e.violations())
        .containsExactly(
            Violation.of(
                "spec.resources.worker." + field,
                value,
                String.valueOf(rule),
                "policy of this platform: scaffolder.form." + setting));
  }

  /** The autoscaler may add all of them. */
  @Test
  void theMostWorkersCount() {
    FormReader reader = FormFixture.reader(Map.of("scaffolder.form.max-cpu", "6"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/autoscaling").put("minReplicas", 1).put("maxReplicas", 10);

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations())
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.value()).isEqualTo("6.2 in all");
          assertThat(violation.rule())
              .isEqualTo(
                  "must be at most 6 for the head with its autoscaler and 10 workers together");
        });
  }

  @Test
  void everyCeilingIsTold() {
    FormReader reader =
        FormFixture.reader(
            Map.of(
                "scaffolder.form.max-cpu", "1",
                "scaffolder.form.max-memory", "1Gi",
                "scaffolder.form.max-devices", "0"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/resources/worker").put("gpu", 1);

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations())
        .extracting(Violation::field)
        .containsExactly(
            "spec.resources.worker.cpu",
            "spec.resources.worker.memory",
            "spec.resources.worker.gpu");
  }

  @ParameterizedTest
  @CsvSource({
    "worker, spec.resources.worker.profile",
    "head, spec.resources.head.profile",
  })
  void devicesOfAProfileAreToldByIt(String pods, String field) {
    FormReader reader =
        FormFixture.reader(
            Map.of(
                "scaffolder.form.max-devices", "1",
                "scaffolder.hardware.profiles[0].name", "npu",
                "scaffolder.hardware.profiles[0].resource", "example.com/npu",
                "scaffolder.hardware.profiles[0].count", "2"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/resources/" + pods).put("profile", "npu");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations()).extracting(Violation::field).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "arn:aws:iam::123456789012:role/team-ml-models | |",
        "models@ml.iam.gserviceaccount.com | |",
        "0A1b2c3d-0000-4000-8000-0123456789ab | |",
        "arn:aws:iam::123456789012:role/team-web-models | must be a role that team-ml may take: arn:aws:iam::123456789012:role/team-ml-*, *@ml.iam.gserviceaccount.com, 0A1b2c3d-* | policy of this platform: scaffolder.form.cloud-identities",
        "arn:aws:iam::999999999999:role/team-ml-models | must be a role that team-ml may take: arn:aws:iam::123456789012:role/team-ml-*, *@ml.iam.gserviceaccount.com, 0A1b2c3d-* | policy of this platform: scaffolder.form.cloud-identities",
        "arn:aws:iam::123456789012:user/ann | must be the ARN of an AWS role, the address of a Google service account or the client id of an Azure identity | AWS IAM role ARN, Google Cloud service account, Microsoft Entra client id",
      })
  void aTeamTakesTheRolesOfThePlatformsList(
      String role, @Nullable String rule, @Nullable String source) {
    FormReader reader =
        FormFixture.reader(
            Map.of(
                "scaffolder.form.cloud-identities",
                "team-ml=arn:aws:iam::123456789012:role/team-ml-*,team-*=*@ml.iam.gserviceaccount.com,"
                    + "*=0A1b2c3d-*,team-web=*"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").put("cloudIdentity", role);

    if (rule == null) {
      assertThat(reader.read(document).form().cloudIdentity()).isEqualTo(role);
      return;
    }
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));
    assertThat(e.violations())
        .containsExactly(Violation.of("spec.cloudIdentity", role, rule, String.valueOf(source)));
  }

  @Test
  void withoutTheListNoTeamTakesARole() {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").put("cloudIdentity", "arn:aws:iam::123456789012:role/a");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> FormFixture.reader().read(document));

    assertThat(e.violations())
        .extracting(Violation::rule)
        .containsExactly(
            "must be absent: this platform lets no Ray Service of team-ml take a role in a cloud");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "team-ml",
        "arn:aws:iam::123456789012:role/a",
        "team-ml=arn:aws:iam::1:role/a",
        "Team=*",
        "team-ml=arn:aws:iam::123456789012:user/*",
      })
  void aGrantThatIsNoneIsNamed(String grant) {
    assertThatThrownBy(() ->
            FormFixture.reader(Map.of("scaffolder.form.cloud-identities", "team-ml=*," + grant)))
        .hasStackTraceContaining("scaffolder.form.cloud-identities")
        .hasStackTraceContaining("\"" + grant + "\" is not written team=role");
  }

  /** Its own violation is enough. */
  @Test
  void aQuantityThatIsNoneIsNotCounted() {
    FormReader reader = FormFixture.reader(Map.of("scaffolder.form.max-cpu", "1m"));
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/resources/head").put("cpu", "many");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations())
        .extracting(Violation::field)
        .containsExactly("spec.resources.head.cpu");
  }

  @Test
  void aCeilingThatIsNoQuantityIsNamed() {
    assertThatThrownBy(() -> FormFixture.reader(Map.of("scaffolder.form.max-memory", "256GB")))
        .hasStackTraceContaining("scaffolder.form.max-memory")
        .hasStackTraceContaining("\"256GB\" must be a Kubernetes quantity");
  }
}
