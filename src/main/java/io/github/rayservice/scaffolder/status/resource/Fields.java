package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.github.rayservice.scaffolder.RayServiceId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a Kubernetes object. An absent field is empty. A field of a wrong type is an error
 * that names it, because a guess would show something that the cluster never said.
 */
public final class Fields {
  /** A field is not what it must be. */
  public static final class MalformedException extends RuntimeException {
    MalformedException(String message) {
      super(ShownText.word(message));
    }
  }

  private final String path;
  private final Map<?, ?> values;

  private Fields(String path, Map<?, ?> values) {
    this.path = path;
    this.values = values;
  }

  public static Fields of(GenericKubernetesResource object) {
    return new Fields("", object.getAdditionalProperties());
  }

  /** The object below; without fields when it is absent. */
  public Fields at(String name) {
    Object value = values.get(name);
    return new Fields(child(name), value == null ? Map.of() : map(name, value));
  }

  /** All of it, as the parser gave it. */
  Map<?, ?> values() {
    return values;
  }

  boolean has(String name) {
    return values.get(name) != null;
  }

  /** Empty when absent. */
  String text(String name) {
    Object value = values.get(name);
    return switch (value) {
      case null -> "";
      case String text -> text;
      default -> throw wrong(name, "no text", value);
    };
  }

  /** What somebody or something says, as it may be shown; empty when absent. */
  String message(String name) {
    return ShownText.message(text(name));
  }

  /** A reason, a state or a name, as it may be shown; empty when absent. */
  String word(String name) {
    return ShownText.word(text(name));
  }

  Optional<String> optionalText(String name) {
    return Optional.of(text(name)).filter(t -> !t.isEmpty());
  }

  /** 0 when absent. */
  long number(String name) {
    Object value = values.get(name);
    return switch (value) {
      case null -> 0;
      case Number number -> number.longValue();
      default -> throw wrong(name, "no number", value);
    };
  }

  boolean flag(String name) {
    Object value = values.get(name);
    return switch (value) {
      case null -> false;
      case Boolean flag -> flag;
      default -> throw wrong(name, "neither true nor false", value);
    };
  }

  Optional<Instant> time(String name) {
    return optionalText(name).map(text -> instant(child(name), text));
  }

  /** The objects in a list. */
  List<Fields> items(String name) {
    Object value = values.get(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw wrong(name, "no list", value);
    }
    List<Fields> items = new ArrayList<>();
    for (Object item : list) {
      String element = name + "[" + items.size() + "]";
      items.add(new Fields(child(element), map(element, item)));
    }
    return items;
  }

  /** The objects below, by name. */
  Map<String, Fields> children(String name) {
    Map<String, Fields> children = new LinkedHashMap<>();
    Fields all = at(name);
    all.values
        .keySet()
        .forEach(key -> children.put(String.valueOf(key), all.at(String.valueOf(key))));
    return children;
  }

  /** The texts and numbers below, by name. */
  Map<String, String> texts(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    at(name).values.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    return texts;
  }

  public List<StatusCondition> conditions() {
    return items("conditions").stream()
        .map(c ->
            new StatusCondition(
                c.text("type"),
                c.text("status"),
                c.word("reason"),
                c.message("message"),
                c.time("lastTransitionTime"),
                c.has("observedGeneration")
                    ? Optional.of(c.number("observedGeneration"))
                    : Optional.empty()))
        .toList();
  }

  private Map<?, ?> map(String name, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(name, "no object", value);
  }

  private String child(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private MalformedException wrong(String name, String what, @Nullable Object value) {
    String shown = String.valueOf(value);
    return new MalformedException(
        "%s is %s: %s"
            .formatted(
                child(name), what, shown.length() > 80 ? shown.substring(0, 80) + "…" : shown));
  }

  private static Instant instant(String path, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new MalformedException(path + " is no time: " + text);
    }
  }

  /** Kubernetes writes these itself. A time of another form was not written by it. */
  private static Optional<Instant> metadataTime(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(t -> instant("metadata", t));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  public static ObjectMetadata metadata(ObjectMeta metadata) {
    return new ObjectMetadata(
        orEmpty(metadata.getNamespace()),
        orEmpty(metadata.getName()),
        orEmpty(metadata.getUid()),
        orEmpty(metadata.getResourceVersion()),
        metadata.getGeneration() == null ? 0 : metadata.getGeneration(),
        metadataTime(metadata.getCreationTimestamp()),
        metadataTime(metadata.getDeletionTimestamp()),
        RayServiceId.of(
            label(metadata, "kro.run/instance-namespace"),
            label(metadata, "kro.run/instance-name")),
        metadata.getDeletionTimestamp() == null
            ? List.of()
            : metadata.getFinalizers().stream().map(ShownText::word).toList());
  }

  /** Empty when absent. */
  static String label(ObjectMeta metadata, String name) {
    return metadata.getLabels() == null ? "" : metadata.getLabels().getOrDefault(name, "");
  }

  /** When a field below {@code spec} was changed last, by the API server's own records. */
  static Optional<Instant> specSince(ObjectMeta metadata) {
    return metadata.getManagedFields().stream()
        .filter(entry -> entry.getSubresource() == null || entry.getSubresource().isEmpty())
        .filter(entry ->
            entry.getFieldsV1() != null
                && entry.getFieldsV1().getAdditionalProperties().containsKey("f:spec"))
        .flatMap(entry -> metadataTime(entry.getTime()).stream())
        .max(Comparator.naturalOrder());
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
