package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCacheTest {
  private final FormReader reader = FormFixture.reader();

  private static ObjectNode document(String spec) throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").setAll((ObjectNode) StrictYaml.read(spec));
    return document;
  }

  private RayServiceForm form(String cache) throws Exception {
    return reader.read(document("{modelCache: {" + cache + "}}")).form();
  }

  @Test
  void itsDefaultsAreForPodsOnSeveralNodes() throws Exception {
    assertThat(form("size: 50Gi").modelCache())
        .isEqualTo(new ModelCache("50Gi", null, "ReadWriteMany", "/mnt/models"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/etc/ssl",
        "/tmp",
        "/home/ray",
        "/home/ray/anaconda3/lib",
        "/mnt",
        "/usr/lib"
      })
  void itHidesNothingOfTheImage(String path) throws Exception {
    InvalidFormException e =
        catchThrowableOfType(
            InvalidFormException.class, () -> form("size: 50Gi, mountPath: " + path));

    assertThat(e.violations())
        .extracting(Violation::field)
        .containsExactly("spec.modelCache.mountPath");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/models", "/mnt/models", "/home/ray/models", "/opt/models", "/etcetera"})
  void anyOtherDirectoryWillDo(String path) throws Exception {
    assertThat(form("size: 50Gi, mountPath: " + path).modelCache())
        .extracting(ModelCache::mountPath)
        .isEqualTo(path);
  }

  @Test
  void oneNodeIsAWarning() throws Exception {
    assertThat(
            reader
                .read(
                    document(
                        "{rayServeFile: '', modelCache: {size: 50Gi, accessMode: ReadWriteOnce}}"))
                .warnings())
        .extracting(Violation::field)
        .containsExactly("spec.modelCache.size", "spec.modelCache.accessMode");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "size: 50Gi, storageClassName: efs | spec.modelCache.storageClassName | must be absent, as when the volume was made",
        "size: 50Gi, accessMode: ReadWriteOnce | spec.modelCache.accessMode | must be ReadWriteMany",
      })
  void whatKubernetesRefusesIsRefusedBefore(String after, String field, String rule)
      throws Exception {
    RayServiceForm before = form("size: 50Gi");
    RayServiceForm wanted = form(after);

    InvalidFormException e =
        catchThrowableOfType(
            InvalidFormException.class,
            () -> reader.requireUnchanged(before, Optional.of(before), wanted));

    assertThat(e.violations())
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.field()).isEqualTo(field);
          assertThat(violation.rule())
              .isEqualTo(
                  rule + "; to have another one, remove modelCache, merge that, and add it again");
        });
  }

  /** What is proposed only is no volume yet. */
  @Test
  void whatCanBeChangedIsNotRefused() throws Exception {
    RayServiceForm before = form("size: 50Gi");

    reader.requireUnchanged(before, Optional.of(before), form("size: 20Gi, mountPath: /models"));
    reader.requireUnchanged(
        before, Optional.of(before), FormFixture.request("team-ml", "text-ml").form());
    reader.requireUnchanged(before, Optional.empty(), form("size: 1Gi, storageClassName: efs"));
  }

  @Test
  void whatAChangeMeansForTheVolumeIsAWarning() throws Exception {
    Optional<RayServiceForm> now = Optional.of(form("size: 50Gi"));

    assertThat(ModelCache.warnOfChange(now, Optional.of(form("size: 0.1Ti")))).isEmpty();
    assertThat(ModelCache.warnOfChange(Optional.empty(), now)).isEmpty();
    assertThat(ModelCache.warnOfChange(now, Optional.of(form("size: 49Gi"))))
        .map(Violation::rule)
        .contains(
            "is less than the 50Gi of now: a volume that has grown cannot shrink, and then nothing of this change arrives");
    assertThat(ModelCache.warnOfChange(now, Optional.empty()))
        .map(Violation::rule)
        .contains("is deleted by this change: what only this volume holds is lost");
  }

  @Test
  void anEarlierFormComesAgainOnTheVolumeOfNow() throws Exception {
    RayServiceForm now = form("size: 50Gi, storageClassName: efs");

    assertThat(form("size: 20Gi, mountPath: /models").onVolumeOf(now).modelCache())
        .isEqualTo(new ModelCache("50Gi", "efs", "ReadWriteMany", "/models"));
    assertThat(form("size: 20Gi").onVolumeOf(FormFixture.request("team-ml", "text-ml").form()))
        .isEqualTo(form("size: 20Gi"));
    assertThat(FormFixture.request("team-ml", "text-ml").form().onVolumeOf(now).modelCache())
        .isNull();
    RayServiceForm broken = reader.readStored(document("{modelCache: {size: 100GB}}")).spec();
    assertThat(form("size: 20Gi").onVolumeOf(broken)).isEqualTo(form("size: 20Gi"));
  }
}
