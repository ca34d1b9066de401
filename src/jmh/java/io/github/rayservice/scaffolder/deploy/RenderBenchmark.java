package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.form.FormReader;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.render.RenderFixture;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.concurrent.TimeUnit;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One form, validated, rendered to both files and read back, in microseconds. The alternative is
 * the simplest code for the task: Jackson binds the record, Bean Validation checks it, Jackson
 * writes YAML, and the result is not read back.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RenderBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private final FormReader reader = FormFixture.reader();
  private final Renderer renderer = RenderFixture.renderer();
  private final Validator validator =
      Validation.byDefaultProvider()
          .configure()
          .messageInterpolator(new ParameterMessageInterpolator())
          .buildValidatorFactory()
          .getValidator();
  private final JsonNode document = FormFixture.minimal("team-ml", "text-ml");
  private final JsonNode complete =
      JSON.valueToTree(FormFixture.request("team-ml", "text-ml").document());

  @Benchmark
  public RenderedFiles service() {
    return renderer.render(reader.read(document));
  }

  @Benchmark
  public String jacksonAlone() throws JsonProcessingException {
    RayServiceDocument bound = JSON.treeToValue(complete, RayServiceDocument.class);
    if (!validator.validate(bound).isEmpty()) {
      throw new IllegalStateException("the form is valid");
    }
    return YAML.writeValueAsString(bound);
  }
}
