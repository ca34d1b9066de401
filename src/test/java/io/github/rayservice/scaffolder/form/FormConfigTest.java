package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));

    assertThat(e.violations())
        .extracting(v -> v.field() + " " + v.value() + " " + v.rule())
        .containsExactly(
            "spec.replicas 11 must be at most 10",
            "spec.resources.worker.gpu 2 must be at most 1",
            "spec.ingress.host gitlab.example.com must be one of models.example.com, lab.example.com");
  }
}
