package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.field.ChangeEffect;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldChangeTest {
  private static RayServiceForm form(String spec) throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").setAll((ObjectNode) StrictYaml.read(spec));
    return FormFixture.reader().read(document).form();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{rayServeFile: ''} | rayServeFile | inPlace",
        "{importPath: 'a:b'} | importPath | inPlace",
        "{routePrefix: /x} | routePrefix | inPlace",
        "{args: {a: 1}} | args | inPlace",
        "{runtimeEnv: {pip: [a]}} | runtimeEnv.pip | inPlace",
        "{deployments: [{name: A, userConfig: {a: 1}}]} | deployments | inPlace",
        "{replicas: 3} | replicas | newCluster",
        "{ray: {image: 'a/b:1'}} | ray.image | newCluster",
        "{resources: {worker: {gpu: 1}}} | resources.worker.gpu | newCluster",
        "{ingress: {host: models.example.com}} | ingress.host | endpoints",
        "{gitlab: {hostname: other.example.com, username: ml-team}} | gitlab.hostname | endpoints",
        "{gitlab: {hostname: gitlab.example.com, username: other}} | gitlab.username | none",
        "{createdBy: ann} | createdBy | none",
        "{restartedAt: '2026-11-29T09:00:00Z'} | restartedAt | newCluster",
      })
  void eachFieldHasItsEffect(String spec, String field, String effect) throws Exception {
    assertThat(FieldChange.between(form("{}"), form(spec)))
        .singleElement()
        .satisfies(change -> {
          assertThat(change.field()).isEqualTo(field);
          assertThat(change.effect().code()).isEqualTo(effect);
        });
  }

  @Test
  void whatIsAddedHasNoValueBefore() throws Exception {
    assertThat(FieldChange.between(form("{}"), form("{autoscaling: {maxReplicas: 4}}")))
        .hasSize(3)
        .allSatisfy(change -> {
          assertThat(change.before()).isNull();
          assertThat(change.after()).isNotNull();
          assertThat(change.effect()).isEqualTo(ChangeEffect.NEW_CLUSTER);
        });
  }

  @Test
  void aVolumeThatGrowsRestartsNothing() throws Exception {
    RayServiceForm before = form("{modelCache: {size: 1Gi}}");

    assertThat(FieldChange.between(before, form("{modelCache: {size: 2Gi}}")))
        .singleElement()
        .satisfies(change -> assertThat(change.effect()).isEqualTo(ChangeEffect.VOLUME));
    assertThat(FieldChange.between(before, form("{}")))
        .hasSize(3)
        .allSatisfy(change -> assertThat(change.effect()).isEqualTo(ChangeEffect.NEW_CLUSTER));
  }

  /** Answers have only the code of an effect. */
  @Test
  void theActionsSayEachEffectAsMergeRequestsDo() throws Exception {
    String actions = Files.readString(Path.of("src/main/backstage/src/actions/output.ts"));

    assertThat(ChangeEffect.values())
        .filteredOn(effect -> effect != ChangeEffect.OF_PARENT)
        .allSatisfy(effect ->
            assertThat(actions).contains("  %s: '%s',".formatted(effect.code(), effect.meaning())));
  }

  @Test
  void theSameFormHasNoChanges() throws Exception {
    String spec = "{args: {a: [1, 1.5]}, autoscaling: {maxReplicas: 4}}";

    assertThat(FieldChange.between(form(spec), form(spec))).isEmpty();
  }

  /**
   * With bounds, a container of 200m and 512Mi is added to the head. KubeRay's init container of a
   * worker asks for 200m and 256Mi.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 2 CPU, 4096Mi memory",
        "{replicas: 0} | 1 CPU, 2048Mi memory",
        "{replicas: 3, resources: {head: {cpu: '2', memory: 4Gi}, worker: {cpu: 1500m, memory: 1G, gpu: 2}}} | 6.5 CPU, 6958Mi memory, 6 GPU",
        "{replicas: 3, resources: {worker: {cpu: 50m, memory: 100M}}} | 1.6 CPU, 2816Mi memory",
        "{replicas: 4, autoscaling: {minReplicas: 4, maxReplicas: 8}} | 3.2 CPU, 6656Mi memory",
      })
  void theResourcesOfAClusterAreTheSumOfItsPods(String spec, String text) throws Exception {
    assertThat(ClusterResources.of(form(spec)).orElseThrow().text()).isEqualTo(text);
  }

  @Test
  void whatAPersonBrokeInGitHasNoSum() throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec/resources/head").put("cpu", "much");

    assertThat(ClusterResources.of(FormFixture.reader().readStored(document).spec())).isEmpty();
  }
}
