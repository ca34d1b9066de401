package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Rules of a whole Serve config file: Ray's own JSON schema ({@code ServeDeploySchema}, exported by
 * {@code src/main/ray/serve_schema.py}), and what Ray checks in code.
 */
final class ServeConfigRules {
  static final String FILE = "/ray/serve-config-2.52.0.json";
  private static final int SERVE_PORT = 8000;
  private static final int MAX_VIOLATIONS = 20;
  private static final JsonSchema SCHEMA = load();

  private final String path;
  private final List<Violation> found = new ArrayList<>();

  private ServeConfigRules(String path) {
    this.path = path;
  }

  /** The rules that the config breaks, by Ray's schema first; the first 20 of them. */
  static List<Violation> check(String path, JsonNode config) {
    ServeConfigRules rules = new ServeConfigRules(path);
    SCHEMA.validate(config).stream().sorted().forEach(rules::add);
    if (rules.found.isEmpty()) {
      rules.checkApplications(config.path("applications"));
      rules.checkPort(config.path("http_options").path("port"));
    }
    return rules.found.stream().limit(MAX_VIOLATIONS).toList();
  }

  private static JsonSchema load() {
    try (InputStream schema =
        Objects.requireNonNull(ServeConfigRules.class.getResourceAsStream(FILE), FILE)) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
          .getSchema(schema, SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(ValidationMessage message) {
    String field = path + fields(message.getInstanceLocation());
    JsonNode value = message.getInstanceNode();
    String rule = "is not what Ray takes: " + message.getError();
    found.add(
        value == null || !value.isValueNode()
            ? Violation.withoutValue(field, rule, BrokenRule.SERVE)
            : Violation.of(field, value.asText(), rule, BrokenRule.SERVE));
  }

  /** Such as {@code .applications[0].name}. */
  private static String fields(JsonNodePath location) {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < location.getNameCount(); i++) {
      Object element = location.getElement(i);
      fields.append(element instanceof Integer index ? "[" + index + "]" : "." + element);
    }
    return fields.toString();
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
      checkDeployments(at + "deployments", application.path("deployments"));
    }
    if (applications.isEmpty()) {
      found.add(
          Violation.withoutValue(path + ".applications", "must not be empty", BrokenRule.SERVE));
    }
  }

  private void checkDeployments(String at, JsonNode deployments) {
    for (int i = 0; i < deployments.size(); i++) {
      JsonNode replicas = deployments.get(i).path("num_replicas");
      String field = at + "[" + i + "].num_replicas";
      boolean auto = replicas.asText().equals("auto");
      if (replicas.isTextual() && !auto) {
        add(field, replicas.asText(), "must be a whole number, or auto");
      } else if (!replicas.isMissingNode()
          && !auto
          && deployments.get(i).has("autoscaling_config")) {
        add(field, replicas.asText(), "must be absent, or auto, beside autoscaling_config");
      }
    }
  }

  private void checkPort(JsonNode port) {
    if (port.isInt() && port.intValue() != SERVE_PORT) {
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
