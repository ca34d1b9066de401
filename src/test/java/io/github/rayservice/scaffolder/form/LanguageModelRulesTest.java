package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a form may say about language models without code. */
@Execution(ExecutionMode.CONCURRENT)
class LanguageModelRulesTest {
  private static final String MODEL = "model_loading_config: {model_id: m}";

  private final FormReader reader = FormFixture.reader();

  /** A form of language models on an image that has vLLM, with further fields. */
  private static ObjectNode document(String configs, String further) throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "qwen");
    String spec =
        """
        rayServeFile: ""
        importPath: "ray.serve.llm:build_openai_app"
        args: {llm_configs: %s}
        ray: {image: %s}
        resources: {worker: {gpu: 1}}
        """
            .formatted(configs, LanguageModelForm.IMAGE);
    ObjectNode fields = document.withObject("/spec");
    fields.setAll((ObjectNode) StrictYaml.read(spec));
    fields.setAll((ObjectNode) StrictYaml.read("{" + further + "}"));
    return document;
  }

  private List<Violation> violations(ObjectNode document) {
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));
    assertThat(e).as(document.toString()).isNotNull();
    return e.violations();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | [0] | is not what Ray takes: required property 'model_loading_config' not found",
        "{model_loading_config: {}} | [0].model_loading_config | is not what Ray takes: required property 'model_id' not found",
        "{model_loading_config: {model_id: 1}} | [0].model_loading_config.model_id | is not what Ray takes: integer found, string expected",
        "{model_loading_config: {model_id: ''}} | [0].model_loading_config.model_id | must not be empty",
        "{model_loading_config: {model_id: m, source: s}} | [0].model_loading_config | is not what Ray takes: property 'source' is not defined",
        "{MODEL, model_id: m} | [0] | is not what Ray takes: property 'model_id' is not defined",
        "{MODEL, accelerator_type: L5} | [0].accelerator_type | is not what Ray takes: does not have a value in the enumeration",
        "{MODEL, llm_engine: SGLang} | [0].llm_engine | is not what Ray takes: does not have a value in the enumeration",
        "{MODEL, lora_config: {max_num_adapters_per_replica: 0}} | [0].lora_config.max_num_adapters_per_replica | is not what Ray takes: must have an exclusive minimum value of 0",
        "{MODEL, deployment_config: {max_ongoing_requests: 0}} | [0].deployment_config.max_ongoing_requests | is not what Ray takes",
        "{MODEL, deployment_config: {autoscaling_config: {max_replicas: 0}}} | [0].deployment_config.autoscaling_config.max_replicas | is not what Ray takes: must have an exclusive minimum value of 0",
        "{MODEL, deployment_config: {autoscaling_config: {min_replicas: 3, max_replicas: 2}}} | [0].deployment_config.autoscaling_config.min_replicas | must be at most max_replicas (2)",
        "{MODEL, deployment_config: {num_replicas: 2, autoscaling_config: {max_replicas: 2}}} | [0].deployment_config.num_replicas | must be absent, or auto, beside autoscaling_config",
        "{MODEL, deployment_config: {placement_group_strategy: PACK}} | [0].deployment_config.placement_group_strategy | must be absent: placement_group_config says it",
        "{MODEL, engine_kwargs: {served_model_name: n}} | [0].engine_kwargs.served_model_name | must be absent: model_loading_config says it",
        "{MODEL, engine_kwargs: {disable_log_stats: true}} | [0].engine_kwargs.disable_log_stats | must be absent or false",
        "{MODEL}, {MODEL} | [1].model_loading_config.model_id | must not be empty, and no two models may have the same",
        "{MODEL}, 1 | [1] | is not what Ray takes: integer found, object expected",
        "'' | '' | must be a list of at least one language model",
      })
  void aBrokenRuleIsNamedWithItsField(String configs, String field, String rule) throws Exception {
    assertThat(violations(document("[" + configs.replace("MODEL", MODEL) + "]", "")))
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.field()).isEqualTo("spec.args.llm_configs" + field);
          assertThat(violation.rule()).startsWith(rule);
          assertThat(violation.source()).isEqualTo("Ray Serve LLM: LLMConfig");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "args: {} | spec.args.llm_configs",
        "args: {llm_configs: m} | spec.args.llm_configs",
        "args: '' | spec.args.llm_configs",
        "args: {}, importPath: ray.serve.llm.build_openai_app | spec.args.llm_configs",
      })
  void aLanguageModelNeedsItsConfig(String further, String field) throws Exception {
    assertThat(violations(document("[]", further)))
        .singleElement()
        .extracting(Violation::field)
        .isEqualTo(field);
  }

  @Test
  void theApplicationsOfAServeConfigAreCheckedToo() throws Exception {
    ObjectNode document = FormFixture.minimal("team-ml", "qwen");
    document
        .withObject("/spec")
        .put(
            "serveConfig",
            """
            applications:
            - {name: text, route_prefix: /text, import_path: "text_ml:app", args: {llm_configs: 1}}
            - name: llm
              import_path: ray.serve.llm:build_openai_app
              args: {llm_configs: [{model_loading_config: {model_id: m}, accelerator_type: L5}]}
            """);

    assertThat(violations(document))
        .singleElement()
        .extracting(Violation::field)
        .isEqualTo("spec.serveConfig.applications[1].args.llm_configs[0].accelerator_type");
  }

  @Test
  void anotherEntryPointHasArgumentsOfItsOwn() throws Exception {
    assertThat(reader.read(document("1", "importPath: 'a:b'")).warnings()).isEmpty();
  }

  /** However many are wrong, an answer stays one that people read. */
  @Test
  void atMostTwentyViolationsAreNamed() throws Exception {
    assertThat(violations(document("[" + "{}, ".repeat(1000) + "]", ""))).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{MODEL}",
        "{MODEL, accelerator_type: A10}",
        "{model_loading_config: {model_id: m, model_source: {bucket_uri: 's3://models/m'}}}",
        "{MODEL, deployment_config: {num_replicas: auto, autoscaling_config: {max_replicas: 1}}}",
        "{MODEL, engine_kwargs: {disable_log_stats: true}, log_engine_metrics: false}",
        "{MODEL, engine_kwargs: {max_model_len: 8192, quantization: fp8, enable_prefix_caching: true}}",
        "{MODEL, placement_group_config: {bundles: [{CPU: 4}]}, engine_kwargs: {tensor_parallel_size: 4}}",
        "models/qwen.yaml",
      })
  void whatRayTakesIsTaken(String config) throws Exception {
    ObjectNode document = document("[" + config.replace("MODEL", MODEL) + "]", "replicas: 1");

    assertThat(reader.read(document).warnings()).isEmpty();
  }

  private static final String GROWING =
      "{MODEL, accelerator_type: L4, deployment_config: {autoscaling_config: {max_replicas: 2, target_ongoing_requests: 32}}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{MODEL} | replicas: 1, ray: {image: 'rayproject/ray:2.60.0-gpu'} | spec.ray.image | has no vLLM",
        "{MODEL} | replicas: 1, ray: {} | spec.ray.image | has no vLLM",
        "{MODEL, engine_kwargs: {tensor_parallel_size: 4, pipeline_parallel_size: 2}} | replicas: 7 | spec.resources.worker.gpu | is too little: a replica of the language model needs GPUs (8), and all workers together have 7",
        "{MODEL, engine_kwargs: {tensor_parallel_size: 4}} | replicas: 1, autoscaling: {maxReplicas: 3} | spec.resources.worker.gpu | is too little",
        "{MODEL, deployment_config: {autoscaling_config: {max_replicas: 2}}} | replicas: 2 | spec.args.llm_configs[0].deployment_config.autoscaling_config.target_ongoing_requests | is absent",
        GROWING
            + " | replicas: 1, autoscaling: {maxReplicas: 2} | spec.args.llm_configs[0].accelerator_type | keeps Ray's autoscaler from adding workers",
      })
  void whatIsRarelyIntendedIsAWarning(String config, String further, String field, String rule)
      throws Exception {
    ObjectNode document = document("[" + config.replace("MODEL", MODEL) + "]", further);

    assertThat(reader.read(document).warnings())
        .singleElement()
        .satisfies(warning -> {
          assertThat(warning.field()).isEqualTo(field);
          assertThat(warning.rule()).startsWith(rule);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"replicas: 2", "replicas: 2, autoscaling: {minReplicas: 2, maxReplicas: 2}"})
  void workersThatAreThereNeedNoAutoscaler(String further) throws Exception {
    ObjectNode document = document("[" + GROWING.replace("MODEL", MODEL) + "]", further);

    assertThat(reader.read(document).warnings()).isEmpty();
  }

  @Test
  void theFormOffersOnlyWhatRayTakesAndLimitsAllElse() throws Exception {
    for (FormField field : FormField.ofLanguageModel()) {
      if (field.name().equals("acceleratorType")) {
        for (String type : field.field().choices()) {
          String config = "[{" + MODEL + ", accelerator_type: " + type + "}]";
          assertThat(reader.read(document(config, "replicas: 1")).warnings()).as(type).isEmpty();
        }
      }
      assertThat(
              field.hasChildren()
                  || field.grammar().isPresent()
                  || field.limits().isPresent()
                  || field.field().choices().length > 0)
          .as(field.name())
          .isTrue();
    }
  }

  /** kro's schema has the grammar only. */
  @Test
  void theChoicesOfARayServiceAreThoseOfItsGrammar() {
    assertThat(withChoices(FormField.ofSpec()))
        .isNotEmpty()
        .allSatisfy(field ->
            assertThat(field.grammar().orElseThrow().pattern())
                .isEqualTo("^(" + String.join("|", field.field().choices()) + ")$"));
  }

  private static List<FormField> withChoices(List<FormField> fields) {
    return fields.stream()
        .flatMap(field -> Stream.concat(Stream.of(field), withChoices(field.children()).stream()))
        .filter(field -> field.field().choices().length > 0)
        .toList();
  }
}
