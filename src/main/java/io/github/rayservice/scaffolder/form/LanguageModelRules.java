package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.rayservice.scaffolder.form.serve.RaySchema;
import io.github.rayservice.scaffolder.form.serve.ServeOptions;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules of Ray Serve LLM, whose entry point serves language models without code: Ray's own JSON
 * schema ({@code LLMConfig}, exported by {@code src/main/ray/llm_schema.py}), and what Ray checks
 * in code.
 */
final class LanguageModelRules {
  private static final String ENTRY_POINT = "ray.serve.llm:build_openai_app";
  private static final String FILE = "/ray/llm-config-" + RaySchema.RELEASE + ".json";
  private static final String SOURCE = "Ray Serve LLM: LLMConfig";
  private static final int MAX_VIOLATIONS = 20;
  private static final RaySchema SCHEMA = new RaySchema(FILE, SOURCE);

  private final RayServiceForm form;
  private final List<Violation> found = new ArrayList<>();

  private LanguageModelRules(RayServiceForm form) {
    this.form = form;
  }

  /** An application with Ray Serve LLM's entry point, and the path of its arguments. */
  private record Application(String path, JsonNode args) {
    String configsPath() {
      return path + ".llm_configs";
    }

    JsonNode configs() {
      return args.path("llm_configs");
    }
  }

  /** Whether the form deploys a language model without code. */
  static boolean isLanguageModel(RayServiceForm form) {
    return !applications(form).isEmpty();
  }

  private static List<Application> applications(RayServiceForm form) {
    if (form.serveConfig() == null) {
      JsonNode args = Objects.requireNonNullElse(form.args(), MissingNode.getInstance());
      return isEntryPoint(form.importPath())
          ? List.of(new Application("spec.args", args))
          : List.of();
    }
    List<Application> applications = new ArrayList<>();
    JsonNode all = form.serveConfig().path("applications");
    for (int i = 0; i < all.size(); i++) {
      if (isEntryPoint(all.get(i).path("import_path").asText())) {
        String path = "spec.serveConfig.applications[" + i + "].args";
        applications.add(new Application(path, all.get(i).path("args")));
      }
    }
    return applications;
  }

  /** Ray takes a dot for the colon, too. */
  private static boolean isEntryPoint(@Nullable String importPath) {
    return importPath != null
        && (importPath.equals(ENTRY_POINT) || importPath.equals(ENTRY_POINT.replace(':', '.')));
  }

  /** The rules that the form's language models break; the first 20 of them. */
  static Stream<Violation> check(RayServiceForm form) {
    LanguageModelRules rules = new LanguageModelRules(form);
    applications(form).forEach(rules::checkConfigs);
    return rules.found.stream().limit(MAX_VIOLATIONS);
  }

  private void checkConfigs(Application application) {
    JsonNode configs = application.configs();
    if (!configs.isArray() || configs.isEmpty()) {
      found.add(
          Violation.withoutValue(
              application.configsPath(), "must be a list of at least one language model", SOURCE));
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < configs.size() && found.size() < MAX_VIOLATIONS; i++) {
      JsonNode config = configs.get(i);
      String path = application.configsPath() + "[" + i + "]";
      // A text is the path of a file in the image.
      List<Violation> violations = config.isTextual() ? List.of() : SCHEMA.check(path, config);
      found.addAll(violations);
      if (violations.isEmpty() && config.isObject()) {
        checkConfig(path, config);
        String id = config.at("/model_loading_config/model_id").asText();
        if (id.isBlank() || !ids.add(id)) {
          add(
              path + ".model_loading_config.model_id",
              id,
              "must not be empty, and no two models may have the same");
        }
      }
    }
  }

  private void checkConfig(String path, JsonNode config) {
    JsonNode engine = config.path("engine_kwargs");
    JsonNode deployment = config.path("deployment_config");
    found.addAll(ServeOptions.check(path + ".deployment_config", deployment, SOURCE));
    for (String option : List.of("placement_group_bundles", "placement_group_strategy")) {
      requireAbsent(path + ".deployment_config", deployment, option, "placement_group_config");
    }
    for (String option : List.of("model", "served_model_name")) {
      requireAbsent(path + ".engine_kwargs", engine, option, "model_loading_config");
    }
    if (engine.path("disable_log_stats").asBoolean()
        && config.path("log_engine_metrics").asBoolean(true)) {
      add(
          path + ".engine_kwargs.disable_log_stats",
          true,
          "must be absent or false unless log_engine_metrics is false");
    }
  }

  private void requireAbsent(String path, JsonNode options, String option, String instead) {
    if (options.has(option)) {
      found.add(
          Violation.withoutValue(
              path + "." + option, "must be absent: " + instead + " says it", SOURCE));
    }
  }

  private void add(String field, Object value, String rule) {
    found.add(Violation.of(field, value, rule, SOURCE));
  }

  /** What is valid but rarely intended. No field is null unless it may be absent. */
  static Stream<Violation> warnings(RayServiceForm form) {
    LanguageModelRules rules = new LanguageModelRules(form);
    for (Application application : applications(form)) {
      JsonNode configs = application.configs();
      for (int i = 0; i < configs.size(); i++) {
        if (configs.get(i).isObject()) {
          rules.warnOfScaling(application.configsPath() + "[" + i + "]", configs.get(i));
          rules.warnOfGpus(configs.get(i));
        }
      }
    }
    return rules.found.stream();
  }

  private void warnOfScaling(String path, JsonNode config) {
    JsonNode scaling = config.at("/deployment_config/autoscaling_config");
    // Ray Serve's own defaults.
    if (scaling.path("max_replicas").asDouble(1) <= scaling.path("min_replicas").asDouble(1)) {
      return;
    }
    if (!scaling.has("target_ongoing_requests")) {
      found.add(
          Violation.withoutValue(
              path + ".deployment_config.autoscaling_config.target_ongoing_requests",
              "is absent, and Ray Serve LLM's own is 1000000000: no replica is ever added",
              "Ray Serve LLM: default options of a deployment"));
    }
    boolean workersGrow =
        form.autoscaling() != null
            && form.autoscaling().maxReplicas() > form.autoscaling().minReplicas();
    if (workersGrow && config.has("accelerator_type")) {
      found.add(
          Violation.of(
              path + ".accelerator_type",
              config.path("accelerator_type").asText(),
              "keeps Ray's autoscaler from adding workers, because it does not know their accelerators: leave it out, or let autoscaling.minReplicas be maxReplicas",
              "Ray: autoscaling with KubeRay"));
    }
  }

  private void warnOfGpus(JsonNode config) {
    JsonNode engine = config.path("engine_kwargs");
    double needed =
        engine.path("tensor_parallel_size").asDouble(1)
            * engine.path("pipeline_parallel_size").asDouble(1);
    int workers = form.autoscaling() == null ? form.replicas() : form.autoscaling().maxReplicas();
    Resources.Worker worker = form.resources().worker();
    long there = Math.multiplyFull(workers, worker.gpus());
    // Whose placement is given may need no GPU.
    if (!config.has("placement_group_config") && there < needed) {
      found.add(
          Violation.of(
              worker.profile() == null
                  ? "spec.resources.worker.gpu"
                  : "spec.resources.worker.profile",
              worker.profile() == null ? worker.gpu() : worker.profile(),
              "is too little: a replica of the language model needs GPUs (%.0f), and all workers together have %d"
                  .formatted(needed, there),
              "Ray Serve LLM: a replica waits until its GPUs are free"));
    }
  }
}
