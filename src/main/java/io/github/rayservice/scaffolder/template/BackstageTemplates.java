package io.github.rayservice.scaffolder.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.qute.Engine;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The Backstage templates, with the values of the platform's settings. With default settings they
 * are byte by byte the files of {@code backstage-templates/}.
 */
@ApplicationScoped
public class BackstageTemplates {
  /** Path of the template that deploys a Ray Service. */
  public static final String DEPLOY = "rayservice/template.yaml";

  /** Path of each file to its Qute template. */
  private static final Map<String, String> FILES =
      Map.of(
          "location.yaml",
          "backstage/location.yaml",
          "system.yaml",
          "backstage/system.yaml",
          DEPLOY,
          "backstage/deploy.yaml",
          "rayservice-language-model/template.yaml",
          "backstage/language-model.yaml",
          "rayservice-update/template.yaml",
          "backstage/update.yaml",
          "rayservice-restart/template.yaml",
          "backstage/restart.yaml",
          "rayservice-rollback/template.yaml",
          "backstage/rollback.yaml",
          "rayservice-delete/template.yaml",
          "backstage/delete.yaml");

  private final Map<String, String> texts = new HashMap<>();

  public BackstageTemplates(
      Engine engine,
      TemplateConfig config,
      CatalogConfig catalog,
      FormConfig form,
      HardwareProfiles hardware) {
    TemplateValues values = TemplateValues.of(config, catalog, form, hardware);
    FILES.forEach((path, template) ->
        texts.put(
            path,
            // Qute drops the line break at the end of a template.
            engine.getTemplate(template).data("platform", values).render().strip() + "\n"));
  }

  /**
   * The text of a file; empty when there is no such file.
   *
   * @param path without a slash in front
   */
  public Optional<String> file(String path) {
    return Optional.ofNullable(texts.get(path));
  }

  /**
   * The form of {@link #DEPLOY} as one JSON schema (draft 7): the fields of all its pages, without
   * the {@code ui:} fields, which only Backstage's frontend reads.
   */
  public JsonNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("type", "object");
    ArrayNode required = schema.putArray("required");
    ObjectNode properties = schema.putObject("properties");
    for (JsonNode page : parse(texts.getOrDefault(DEPLOY, "")).at("/spec/parameters")) {
      page.path("required").forEach(required::add);
      properties.setAll((ObjectNode) withoutUi(page.path("properties")));
      if (page.has("dependencies")) {
        schema
            .withObject("/dependencies")
            .setAll((ObjectNode) withoutUi(page.path("dependencies")));
      }
    }
    return schema;
  }

  private static JsonNode withoutUi(JsonNode node) {
    if (node.isArray()) {
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> result.add(withoutUi(item)));
      return result;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    node.properties().stream()
        .filter(field -> !field.getKey().startsWith("ui:"))
        .forEach(field -> result.set(field.getKey(), withoutUi(field.getValue())));
    return result;
  }

  private static JsonNode parse(String text) {
    try {
      return StrictYaml.read(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a Backstage template is not valid YAML", e);
    }
  }
}
