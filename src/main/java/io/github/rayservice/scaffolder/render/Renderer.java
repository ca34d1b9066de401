package io.github.rayservice.scaffolder.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.form.FormReader;
import io.github.rayservice.scaffolder.form.InvalidFormException;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.qute.Engine;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From a request to the files that stand in Git, and back. The same request always gives the same
 * bytes.
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
   * Renders both files and reads them back: what would reach kro is what was asked.
   *
   * @throws IllegalStateException when it is not, which is a defect of a template
   */
  public RenderedFiles render(RayServiceRequest request) {
    ComponentEntity entity = ComponentEntity.of(request, config);
    String instanceText = template(RenderedFiles.INSTANCE, "request", request);
    String entityText = template(RenderedFiles.ENTITY, "entity", entity);
    requireSame(request.document(), readInstance(instanceText));
    requireSame(JSON.valueToTree(entity), parse(RenderedFiles.ENTITY, entityText));
    return new RenderedFiles(instanceText, entityText);
  }

  /**
   * Carries the difference between two requests over to files that people may have edited since.
   *
   * @param current the files as they stand
   * @throws UneditableFileException when a hand-made edit leaves no place for the change
   */
  public RenderedFiles update(
      RenderedFiles current, RayServiceRequest before, RayServiceRequest after) {
    RenderedFiles old = render(before);
    RenderedFiles wanted = render(after);
    String instance =
        carryOver(RenderedFiles.INSTANCE, current.instance(), old.instance(), wanted.instance());
    if (!readInstance(instance).equals(after.document())) {
      throw new UneditableFileException(
          RenderedFiles.INSTANCE, "an update of it would not read as what was asked");
    }
    return new RenderedFiles(
        instance, carryOver(RenderedFiles.ENTITY, current.entity(), old.entity(), wanted.entity()));
  }

  /**
   * Reads a kro instance as it stands in Git.
   *
   * @throws UneditableFileException when it is no YAML, or no Ray Service
   */
  public RayServiceDocument readInstance(String text) {
    try {
      return reader.readStored(parse(RenderedFiles.INSTANCE, text));
    } catch (InvalidFormException e) {
      throw new UneditableFileException(
          RenderedFiles.INSTANCE, "is no Ray Service any more: " + e.violations());
    }
  }

  /**
   * The spec of a kro instance, as it is written in Git.
   *
   * @throws UneditableFileException when it is no YAML
   */
  public Map<?, ?> readSpec(String text) {
    return JSON.convertValue(parse(RenderedFiles.INSTANCE, text).path("spec"), Map.class);
  }

  private String template(String name, String parameter, Object value) {
    // Qute drops the line break at the end of a template.
    return engine.getTemplate(name).data(parameter, value).render().stripTrailing() + "\n";
  }

  private static String carryOver(String file, String current, String old, String wanted) {
    YamlEditor text = new YamlEditor(file, current);
    carryOver(new ArrayList<>(), parse(file, old), parse(file, wanted), text);
    return text.toString();
  }

  private static void carryOver(
      List<String> path, JsonNode before, JsonNode after, YamlEditor text) {
    if (before.equals(after)) {
      return;
    }
    if (before.isValueNode()) {
      text.set(List.copyOf(path), before, after);
      return;
    }
    // One template made both, from the same configuration: they have the same fields and items.
    List<String> keys = new ArrayList<>();
    before.fieldNames().forEachRemaining(keys::add);
    for (int i = 0; i < before.size(); i++) {
      String key = before.isArray() ? String.valueOf(i) : keys.get(i);
      path.add(key);
      carryOver(
          path,
          before.isArray() ? before.get(i) : before.get(key),
          before.isArray() ? after.get(i) : after.get(key),
          text);
      path.remove(path.size() - 1);
    }
  }

  private static JsonNode parse(String file, String text) {
    try {
      return StrictYaml.read(text);
    } catch (JsonProcessingException e) {
      throw new UneditableFileException(file, "is no YAML any more: " + e.getOriginalMessage());
    }
  }

  private static void requireSame(Object wanted, Object read) {
    if (!wanted.equals(read)) {
      throw new IllegalStateException("rendered " + read + " for " + wanted);
    }
  }
}
