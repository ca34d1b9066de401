package io.github.rayservice.scaffolder.render;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The generated files of one Ray Service, as text.
 *
 * @param instance {@value #INSTANCE}, the kro instance
 * @param entity {@value #ENTITY}, the Backstage Component
 */
public record RenderedFiles(String instance, String entity) {
  public static final String INSTANCE = "rayservice.yaml";
  public static final String ENTITY = "catalog-info.yaml";

  /** File name without directory to text, sorted by name. */
  public SortedMap<String, String> byName() {
    return new TreeMap<>(Map.of(INSTANCE, instance, ENTITY, entity));
  }
}
