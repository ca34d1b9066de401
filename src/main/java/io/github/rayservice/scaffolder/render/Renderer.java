package io.github.rayservice.scaffolder.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.FormReader;
import io.github.rayservice.scaffolder.form.InvalidFormException;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.qute.Engine;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Renders a request into the files that are in Git, and reads them back. The same request always
 * renders to the same bytes.
 */
@ApplicationScoped
public class Renderer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Engine engine;
  private final CatalogConfig config;
  private final FormReader reader;

  public Renderer(Engine engine, CatalogConfig config, FormReader reader) {
    this.engine = engine;
    this.config = config;
    this.reader = reader;
  }

  /**
   * Renders both files and reads them back, so that kro gets exactly the requested values.
   *
   * @throws IllegalStateException when a file does not read back as the request: a template is
   *     wrong
   */
  public RenderedFiles render(RayServiceRequest request) {
    ComponentEntity entity = ComponentEntity.of(request, config);
    String instanceText =
        template(
            RenderedFiles.INSTANCE,
            Map.of(
                "request",
                request,
                "labels",
                YamlBlock.quoted(JSON.valueToTree(labels(request)), 4),
                "annotations",
                YamlBlock.quoted(JSON.valueToTree(annotations(request)), 4),
                "spec",
                YamlBlock.quoted(JSON.valueToTree(request.form()), 2)));
    String entityText = template(RenderedFiles.ENTITY, Map.of("entity", entity));
    RayServiceDocument written = readInstance(instanceText);
    requireSame(request.id(), written.id());
    requireSame(labels(request), written.metadata().labels());
    requireSame(annotations(request), written.metadata().annotations());
    requireSame(request.form(), written.spec());
    requireSame(JSON.valueToTree(entity), parse(RenderedFiles.ENTITY, entityText));
    return new RenderedFiles(instanceText, entityText);
  }

  private static Map<String, String> labels(RayServiceRequest request) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(RayServiceDocument.CATALOG_LABEL, request.id().name());
    labels.putAll(request.metadata().labels());
    return labels;
  }

  /** Until kro serves this kind, Argo CD cannot dry-run it. */
  private static Map<String, String> annotations(RayServiceRequest request) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put("argocd.argoproj.io/sync-options", "SkipDryRunOnMissingResource=true");
    annotations.putAll(request.metadata().annotations());
    return annotations;
  }

  /**
   * Applies the difference between two requests to files that people may have edited. The labels
   * and annotations that {@code after} names are set; all others stay.
   *
   * @param current the files as they are in Git
   * @throws UneditableFileException when a manual edit prevents the change
   */
  public RenderedFiles update(
      RenderedFiles current, RayServiceRequest before, RayServiceRequest after) {
    RenderedFiles old = render(new RayServiceRequest(after.metadata(), before.form(), List.of()));
    RenderedFiles requested = render(after);
    String instance =
        applyDifference(
            RenderedFiles.INSTANCE, current.instance(), old.instance(), requested.instance());
    instance = putAll("labels", after.metadata().labels(), instance);
    instance = putAll("annotations", after.metadata().annotations(), instance);
    if (!readInstance(instance).spec().equals(after.form())) {
      throw new UneditableFileException(
          RenderedFiles.INSTANCE, "the updated file would not contain the requested values");
    }
    return new RenderedFiles(
        instance,
        applyDifference(RenderedFiles.ENTITY, current.entity(), old.entity(), requested.entity()));
  }

  private String putAll(String field, Map<String, String> wanted, String instance) {
    JsonNode current = parse(RenderedFiles.INSTANCE, instance).path("metadata").path(field);
    YamlEditor text = new YamlEditor(RenderedFiles.INSTANCE, instance);
    wanted.forEach((key, value) -> {
      if (!current.path(key).asText().equals(value) || !current.has(key)) {
        text.put(List.of("metadata", field, key), TextNode.valueOf(value), List.of());
      }
    });
    return text.toString();
  }

  /**
   * Reads a kro instance as it is in Git.
   *
   * @throws UneditableFileException when the text is not valid YAML, or not a Ray Service
   */
  public RayServiceDocument readInstance(String text) {
    try {
      return reader.readStored(parse(RenderedFiles.INSTANCE, text));
    } catch (InvalidFormException e) {
      throw new UneditableFileException(
          RenderedFiles.INSTANCE, "is no longer a valid Ray Service: " + e.getMessage());
    }
  }

  /**
   * The spec of a kro instance as it is in Git, with the fields that the form does not have.
   *
   * @throws UneditableFileException when the text is not valid YAML
   */
  public Map<?, ?> readSpec(String text) {
    return JSON.convertValue(parse(RenderedFiles.INSTANCE, text).path("spec"), Map.class);
  }

  private String template(String name, Map<String, Object> values) {
    TemplateInstance template = engine.getTemplate(name).instance();
    values.forEach(template::data);
    // Qute drops the line break at the end of a template.
    return template.render().stripTrailing() + "\n";
  }

  private static String applyDifference(String file, String current, String old, String requested) {
    YamlEditor text = new YamlEditor(file, current);
    applyDifference(file, new ArrayList<>(), parse(file, old), parse(file, requested), text);
    return text.toString();
  }

  private static void applyDifference(
      String file, List<String> path, JsonNode before, JsonNode after, YamlEditor text) {
    if (before.equals(after)) {
      return;
    }
    if (before.isValueNode() && after.isValueNode()) {
      text.set(List.copyOf(path), before, after);
    } else if (isNonEmptyObject(before) && isNonEmptyObject(after)) {
      // The new fields first: an object that has lost all of its old ones has no layout to keep.
      for (Map.Entry<String, JsonNode> field : after.properties()) {
        path.add(field.getKey());
        if (before.has(field.getKey())) {
          applyDifference(file, path, before.get(field.getKey()), field.getValue(), text);
        } else {
          text.put(path, field.getValue(), earlier(after, field.getKey()));
        }
        path.removeLast();
      }
      for (Map.Entry<String, JsonNode> field : before.properties()) {
        if (!after.has(field.getKey())) {
          path.add(field.getKey());
          text.remove(path);
          path.removeLast();
        }
      }
    } else if (file.equals(RenderedFiles.ENTITY) && before.size() == after.size()) {
      // The same template and settings rendered both lists; people may have changed their order.
      for (int i = 0; i < before.size(); i++) {
        path.add(String.valueOf(i));
        applyDifference(file, path, before.get(i), after.get(i), text);
        path.removeLast();
      }
    } else {
      text.put(path, after, List.of());
    }
  }

  private static List<String> earlier(JsonNode object, String key) {
    return object.propertyStream().map(Map.Entry::getKey).takeWhile(k -> !k.equals(key)).toList();
  }

  private static boolean isNonEmptyObject(JsonNode node) {
    return node.isObject() && !node.isEmpty();
  }

  private static JsonNode parse(String file, String text) {
    try {
      return StrictYaml.read(text);
    } catch (JsonProcessingException e) {
      throw new UneditableFileException(file, "is no longer valid YAML: " + e.getOriginalMessage());
    }
  }

  private static void requireSame(Object requested, Object rendered) {
    if (!requested.equals(rendered)) {
      throw new IllegalStateException("rendered " + rendered + " for " + requested);
    }
  }
}
