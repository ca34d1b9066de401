package io.github.rayservice.scaffolder.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * The fields of an entity that people may write. Backstage acts on an entity: it reads what
 * placeholders and annotations name, with its own rights, and shows it to everybody. So every field
 * is a text or a list of texts of a known place, of bounded length; what is anything else is left
 * out and named.
 */
final class EntityFields {
  private static final int LONGEST_TEXT = 2_000;
  private static final int LONGEST_WORD = 253;
  private static final int MOST_ITEMS = 50;

  /**
   * Annotations by which Backstage, its plugins for Kubernetes and Argo CD and this service act.
   * Those of them that the service renders itself have its values.
   */
  private static final Set<String> RESERVED =
      Set.of("backstage.io", "argocd", "argoproj.io", "kro.run", "rayservice-scaffolder");

  // Backstage refuses the whole entity for one wrong tag, label, key or reference.
  private static final Pattern TAG = Pattern.compile("[a-z0-9+#]+(-[a-z0-9+#]+)*+");
  private static final Pattern KEY =
      Pattern.compile(
          "([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?");
  private static final Pattern LABEL =
      Pattern.compile("([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?");
  private static final Pattern REFERENCE =
      Pattern.compile("([A-Za-z][A-Za-z0-9]{0,62}:)?([-a-z0-9]{1,63}/)?[-._A-Za-z0-9]{1,63}");
  private static final Pattern ICON = Pattern.compile("[-A-Za-z0-9]{1,63}");

  private final String at;
  private final LeftOut leftOut;

  /**
   * The fields of one document.
   *
   * @param at in front of paths; empty for the Component
   */
  EntityFields(String at, LeftOut leftOut) {
    this.at = at;
    this.leftOut = leftOut;
  }

  /**
   * Copies what people may say of an entity.
   *
   * @param written its metadata in Git
   * @param rendered the service's own annotations
   * @param metadata where it goes; has the name and the namespace
   */
  void copyMetadata(JsonNode written, JsonNode rendered, ObjectNode metadata) {
    for (Map.Entry<String, JsonNode> field : written.properties()) {
      String path = "metadata." + field.getKey();
      JsonNode value = field.getValue();
      Optional<? extends JsonNode> taken =
          switch (field.getKey()) {
            case "name", "namespace" -> Optional.empty();
            case "title", "description" -> text(path, value, LONGEST_TEXT);
            case "tags" -> Optional.of(list(path, value, this::tag));
            case "labels" -> Optional.of(labels(path, value));
            case "annotations" -> Optional.of(annotations(path, value, rendered));
            case "links" -> Optional.of(list(path, value, this::link));
            default -> refuse(path, value, "is no field that people may write");
          };
      taken.ifPresent(node -> metadata.set(field.getKey(), node));
    }
  }

  /**
   * Copies fields of the spec.
   *
   * @param words those that are a text
   * @param references those that are a list of references
   * @param handled those that the caller reads itself
   */
  void copySpec(
      JsonNode written,
      Set<String> words,
      Set<String> references,
      Set<String> handled,
      ObjectNode spec) {
    for (Map.Entry<String, JsonNode> field : written.properties()) {
      String path = "spec." + field.getKey();
      if (words.contains(field.getKey())) {
        text(path, field.getValue(), LONGEST_WORD).ifPresent(v -> spec.set(field.getKey(), v));
      } else if (references.contains(field.getKey())) {
        spec.set(field.getKey(), list(path, field.getValue(), this::reference));
      } else if (!handled.contains(field.getKey())) {
        refuse(path, field.getValue(), "is no field that people may write");
      }
    }
  }

  private Optional<JsonNode> refuse(String path, JsonNode value, String why) {
    Optional<String> placeholder = placeholder(value);
    leftOut.add(
        at + path,
        placeholder
            .map(key -> "has the placeholder %s, which Backstage would follow".formatted(key))
            .orElse(why));
    return Optional.empty();
  }

  /** The first key at any depth that begins with {@code $}. */
  static Optional<String> placeholder(JsonNode value) {
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      if (field.getKey().startsWith("$")) {
        return Optional.of(field.getKey());
      }
    }
    for (JsonNode child : value) {
      Optional<String> found = placeholder(child);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<JsonNode> text(String path, JsonNode value, int longest) {
    if (!value.isTextual()) {
      return refuse(path, value, "is no text");
    }
    return value.textValue().length() > longest
        ? refuse(path, value, "has more than %d characters".formatted(longest))
        : Optional.of(value);
  }

  private ArrayNode list(
      String path, JsonNode value, BiFunction<String, JsonNode, Optional<JsonNode>> item) {
    ArrayNode taken = JsonNodeFactory.instance.arrayNode();
    if (!value.isArray()) {
      refuse(path, value, "is no list");
      return taken;
    }
    for (int i = 0; i < value.size(); i++) {
      if (taken.size() == MOST_ITEMS) {
        leftOut.add(at + path, "has more than %d items".formatted(MOST_ITEMS));
        break;
      }
      item.apply("%s[%d]".formatted(path, i), value.path(i)).ifPresent(taken::add);
    }
    return taken;
  }

  private Optional<JsonNode> matching(String path, JsonNode value, Pattern pattern, String what) {
    return text(path, value, LONGEST_WORD)
        .flatMap(text ->
            pattern.matcher(text.textValue()).matches()
                ? Optional.of(text)
                : refuse(path, value, "is no " + what));
  }

  private Optional<JsonNode> tag(String path, JsonNode value) {
    return matching(path, value, TAG, "tag");
  }

  private Optional<JsonNode> reference(String path, JsonNode value) {
    return matching(path, value, REFERENCE, "reference to an entity");
  }

  private ObjectNode labels(String path, JsonNode value) {
    ObjectNode taken = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> label : map(path, value)) {
      String place = path + "." + label.getKey();
      if (isReserved(label.getKey())) {
        refuse(place, label.getValue(), "is not for people to write");
      } else {
        matching(place, label.getValue(), LABEL, "value of a label")
            .ifPresent(text -> taken.set(label.getKey(), text));
      }
    }
    return taken;
  }

  private ObjectNode annotations(String path, JsonNode value, JsonNode rendered) {
    ObjectNode taken = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> annotation : map(path, value)) {
      String key = annotation.getKey();
      String place = path + "." + key;
      if (!isReserved(key)) {
        text(place, annotation.getValue(), LONGEST_TEXT).ifPresent(text -> taken.set(key, text));
      } else if (!rendered.has(key)) {
        refuse(place, annotation.getValue(), "is not for people to write");
      } else {
        taken.set(key, rendered.path(key));
        if (!rendered.path(key).equals(annotation.getValue())) {
          refuse(place, annotation.getValue(), "has the service's value instead");
        }
      }
    }
    return taken;
  }

  private List<Map.Entry<String, JsonNode>> map(String path, JsonNode value) {
    if (!value.isObject()) {
      refuse(path, value, "is no object");
      return List.of();
    }
    List<Map.Entry<String, JsonNode>> legal =
        value.properties().stream()
            .filter(entry -> isKey(path, entry))
            .limit(MOST_ITEMS + 1L)
            .toList();
    if (legal.size() > MOST_ITEMS) {
      leftOut.add(at + path, "has more than %d items".formatted(MOST_ITEMS));
    }
    return legal.stream().limit(MOST_ITEMS).toList();
  }

  private boolean isKey(String path, Map.Entry<String, JsonNode> entry) {
    String key = entry.getKey();
    if (key.length() <= 2 * LONGEST_WORD && KEY.matcher(key).matches()) {
      return true;
    }
    refuse(path + "." + key, entry.getValue(), "is no legal key");
    return false;
  }

  private static boolean isReserved(String key) {
    String domain = key.substring(0, Math.max(0, key.indexOf('/')));
    return RESERVED.stream().anyMatch(r -> domain.equals(r) || domain.endsWith("." + r));
  }

  private Optional<JsonNode> link(String path, JsonNode value) {
    ObjectNode link = JsonNodeFactory.instance.objectNode();
    Iterator<Map.Entry<String, JsonNode>> fields = value.properties().iterator();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      String place = path + "." + field.getKey();
      Optional<JsonNode> taken =
          switch (field.getKey()) {
            case "url" -> url(place, field.getValue());
            case "title", "type" -> text(place, field.getValue(), LONGEST_WORD);
            case "icon" -> matching(place, field.getValue(), ICON, "name of an icon");
            default -> refuse(place, field.getValue(), "is no field that people may write");
          };
      taken.ifPresent(node -> link.set(field.getKey(), node));
    }
    // Why there is no url is told already, unless there was none.
    if (!value.has("url")) {
      refuse(path, value, "has no url");
    }
    return link.has("url") ? Optional.of(link) : Optional.empty();
  }

  private Optional<JsonNode> url(String path, JsonNode value) {
    return text(path, value, LONGEST_TEXT)
        .flatMap(text ->
            isWebAddress(text.textValue())
                ? Optional.of(text)
                : refuse(path, value, "is no http or https address"));
  }

  private static boolean isWebAddress(String text) {
    try {
      URI uri = new URI(text);
      return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
