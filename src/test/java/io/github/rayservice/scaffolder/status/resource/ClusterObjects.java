package io.github.rayservice.scaffolder.status.resource;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Kubernetes objects as they stand in the files below {@code src/test/resources/status}. */
public final class ClusterObjects {
  private static final ObjectMapper YAML =
      new YAMLMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final Path FOLDER = Path.of("src/test/resources/status");

  private ClusterObjects() {}

  public static List<GenericKubernetesResource> of(String file) {
    try (MappingIterator<GenericKubernetesResource> documents =
        YAML.readerFor(GenericKubernetesResource.class)
            .readValues(FOLDER.resolve(file + ".yaml").toFile())) {
      List<GenericKubernetesResource> objects = new ArrayList<>();
      documents.forEachRemaining(objects::add);
      return objects;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one of a kind; {@code apiVersion} tells kro's RayService from KubeRay's. */
  public static GenericKubernetesResource of(String file, String apiVersion, String kind) {
    return of(file).stream()
        .filter(o -> o.getApiVersion().equals(apiVersion) && o.getKind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  /** The same object with another value in one place. */
  @SuppressWarnings("unchecked")
  public static GenericKubernetesResource with(
      GenericKubernetesResource object, Object value, String... path) {
    Map<String, Object> at = object.getAdditionalProperties();
    for (int i = 0; i < path.length - 1; i++) {
      at = (Map<String, Object>) requireNonNull(at.get(path[i]), path[i]);
    }
    at.put(path[path.length - 1], value);
    return object;
  }
}
