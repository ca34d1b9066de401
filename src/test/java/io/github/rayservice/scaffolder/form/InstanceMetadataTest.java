package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.value.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceMetadataTest {
  private static final FormReader READER = FormFixture.reader();

  private static ObjectNode document(String metadata) throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    JsonNode more = StrictYaml.read(metadata);
    document.withObject("/metadata").setAll((ObjectNode) more);
    return document;
  }

  @Test
  void labelsAndAnnotationsAreTakenInTheirOrder() throws Exception {
    RayServiceDocument.Metadata metadata =
        READER
            .read(document("{labels: {z/b: '1', a: ''}, annotations: {note: 'any ${text}, é'}}"))
            .metadata();

    assertThat(metadata.labels())
        .containsExactly(java.util.Map.entry("z/b", "1"), java.util.Map.entry("a", ""));
    assertThat(metadata.annotations()).containsEntry("note", "any ${text}, é");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "labels: [a] | metadata.labels | must be an object with texts",
        "labels: {a: 1} | metadata.labels.a | must be text: write it in quotes",
        "annotations: {a: {b: c}} | metadata.annotations.a | must be text: write it in quotes",
        "labels: {a: a b} | metadata.labels.a | must be empty or at most 63 letters",
        "labels: {a: -b} | metadata.labels.a | must be empty or at most 63 letters",
        "labels: {a b: c} | metadata.labels | must have keys of at most 63 letters",
        "labels: {a/b/c: d} | metadata.labels | must have keys of at most 63 letters",
        "annotations: {'': d} | metadata.annotations | must have keys of at most 63 letters",
        "annotations: {Acme.com/x: d} | metadata.annotations | must have keys of at most 63 letters",
        "annotations: {a: glpat-aaaaaaaaaaaaaaaaaaaa} | metadata.annotations.a | looks like a secret",
        "annotations: {glpat-aaaaaaaaaaaaaaaaaaaa: a} | metadata.annotations | looks like a secret",
        "labels: {backstage.io/kubernetes-id: other} | metadata.labels.backstage.io/kubernetes-id | must be metadata.name",
        "ownr: a | metadata.ownr | is not a field",
      })
  void aViolationNamesTheKey(String metadata, String field, String rule) throws Exception {
    ObjectNode document = document("{" + metadata + "}");

    InvalidFormException thrown =
        catchThrowableOfType(InvalidFormException.class, () -> READER.read(document));

    assertThat(thrown.violations())
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.field()).isEqualTo(field);
          assertThat(violation.rule()).startsWith(rule);
          assertThat(violation.source()).isNotBlank();
        });
  }

  @Test
  void annotationsAreTogetherNoLongerThanKubernetesTakes() throws Exception {
    ObjectNode document = document("{}");
    ObjectNode annotations = document.withObject("/metadata/annotations");
    for (int i = 0; i < 17; i++) {
      annotations.put("a" + i, "x".repeat(16 << 10));
    }

    InvalidFormException thrown =
        catchThrowableOfType(InvalidFormException.class, () -> READER.read(document));

    assertThat(thrown.violations())
        .singleElement()
        .extracting(Violation::rule)
        .isEqualTo("must have at most 262144 bytes (has 278569)");
  }

  /** What {@code kubectl get -o yaml} gives out can be sent. */
  @Test
  void whatAClusterSetsIsPassedOverAndNamed() throws Exception {
    ObjectNode document =
        document(
            """
            annotations:
              argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true
              argocd.argoproj.io/tracking-id: ray.team-ml.text-ml:kro.run/RayService:team-ml/text-ml
              kubectl.kubernetes.io/last-applied-configuration: '{}'
            creationTimestamp: "2026-11-29T09:00:00Z"
            finalizers: [kro.run/finalizer]
            generation: 2
            labels:
              app.kubernetes.io/part-of: ml
              applyset.kubernetes.io/id: applyset-abc-v1
              backstage.io/kubernetes-id: text-ml
              internal.kro.run/owned: "true"
              kro.run/owned: "true"
            managedFields: [{manager: kro, operation: Apply}]
            resourceVersion: "1234"
            uid: 6f4f6f3e-0000-4000-8000-000000000000
            """);
    document.putObject("status").put("state", "ACTIVE");

    RayServiceRequest request = READER.read(document);

    assertThat(request.metadata().labels())
        .containsOnlyKeys("app.kubernetes.io/part-of", "backstage.io/kubernetes-id");
    assertThat(request.metadata().annotations())
        .containsOnlyKeys("argocd.argoproj.io/sync-options");
    assertThat(request.warnings())
        .filteredOn(warning -> warning.field().equals("metadata"))
        .singleElement()
        .extracting(Violation::rule)
        .isEqualTo(
            "was read without what the cluster sets: metadata.creationTimestamp,"
                + " metadata.finalizers, metadata.generation, metadata.managedFields,"
                + " metadata.resourceVersion, metadata.uid, metadata.labels"
                + " applyset.kubernetes.io/id, metadata.labels internal.kro.run/owned,"
                + " metadata.labels kro.run/owned, metadata.annotations"
                + " argocd.argoproj.io/tracking-id, metadata.annotations"
                + " kubectl.kubernetes.io/last-applied-configuration, status");
  }
}
