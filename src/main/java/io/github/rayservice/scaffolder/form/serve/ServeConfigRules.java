package io.github.rayservice.scaffolder.form.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rules of a whole Serve config file: Ray's own JSON schema ({@code ServeDeploySchema}, exported by
 * {@code src/main/ray/serve_schema.py}), and what Ray checks in code.
 */
public final class ServeConfigRules {
  static final String FILE = "/ray/serve-config-" + RaySchema.RELEASE + ".json";
  private static final int SERVE_PORT = 8000;
  private static final int MAX_VIOLATIONS = 20;
  private static final RaySchema SCHEMA = new RaySchema(FILE, BrokenRule.SERVE);

  private final String path;
  private final List<Violation> found = new ArrayList<>();

  private ServeConfigRules(String path) {
    this.path = path;
  }

  /** The rules that the config breaks, by Ray's schema first; the first 20 of them. */
  public static List<Violation> check(String path, JsonNode config) {
    ServeConfigRules rules = new ServeConfigRules(path);
    rules.found.addAll(SCHEMA.check(path, config));
    if (rules.found.isEmpty()) {
      rules.checkApplications(config.path("applications"));
      rules.checkPort(config.path("http_options").path("port"));
    }
    return rules.found.stream().limit(MAX_VIOLATIONS).toList();
  }

  /** The keys that Ray passes over, because it has no such field; the first 20 of them. */
  public static List<Violation> warnings(String path, JsonNode config) {
    return SCHEMA.unknownKeys(path, config).stream().limit(MAX_VIOLATIONS).toList();
  }

  private void checkApplications(JsonNode applications) {
    Set<String> names = new HashSet<>();
    Set<String> prefixes = new HashSet<>();
    for (int i = 0; i < applications.size(); i++) {
      JsonNode application = applications.get(i);
      String at = path + ".applications[" + i + "].";
      String name = application.path("name").asText("default");
      if (name.isEmpty() || !names.add(name)) {
        add(at + "name", name, "must not be empty, and no two applications may have the same");
      }
      String prefix = application.path("route_prefix").asText("/");
      check(at + "route_prefix", prefix, Grammar.ROUTE_PREFIX);
      if (!prefixes.add(prefix)) {
        add(at + "route_prefix", prefix, "must not be that of another application");
      }
      check(at + "import_path", application.path("import_path").asText(), Grammar.IMPORT_PATH);
      JsonNode deployments = application.path("deployments");
      for (int j = 0; j < deployments.size(); j++) {
        String deployment = at + "deployments[" + j + "]";
        found.addAll(ServeOptions.check(deployment, deployments.get(j), BrokenRule.SERVE));
        checkActors(deployment, deployments.get(j).path("deployment_actors"));
        if (application.path("external_scaler_enabled").asBoolean()
            && ServeOptions.isAutoscaled(deployments.get(j))) {
          found.add(
              Violation.withoutValue(
                  deployment + ".autoscaling_config",
                  "must be absent, and num_replicas must be a number, beside external_scaler_enabled",
                  BrokenRule.SERVE));
        }
      }
      for (String option : List.of("host", "port")) {
        if (application.has(option)) {
          add(
              at + option,
              application.path(option).asText(),
              "must be absent: http_options says it for all applications");
        }
      }
    }
    if (applications.isEmpty()) {
      found.add(
          Violation.withoutValue(path + ".applications", "must not be empty", BrokenRule.SERVE));
    }
  }

  private void checkActors(String deployment, JsonNode actors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < actors.size(); i++) {
      String name = actors.get(i).path("name").asText();
      if (!names.add(name)) {
        add(
            deployment + ".deployment_actors[" + i + "].name",
            name,
            "must not be that of another actor");
      }
    }
  }

  private void checkPort(JsonNode port) {
    if (port.isNumber() && port.doubleValue() != SERVE_PORT) {
      found.add(
          Violation.of(
              path + ".http_options.port",
              port,
              "must be absent or " + SERVE_PORT,
              "kro: the Service that the definition makes leads there"));
    }
  }

  private void check(String field, String text, Grammar grammar) {
    Optional<BrokenRule> broken = grammar.check(text);
    broken.ifPresent(rule -> found.add(Violation.of(field, text, rule.rule(), rule.source())));
  }

  private void add(String field, String value, String rule) {
    found.add(Violation.of(field, value, rule, BrokenRule.SERVE));
  }
}
