package io.github.rayservice.scaffolder.render;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.StrictYaml;
import java.io.StringReader;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Replaces, adds and removes values of a YAML text and keeps every other character, comments
 * included. YAML writers lose comments and layout, so this class edits the text at the positions
 * that the parser reports. Comments within a list or an object that is replaced go with it.
 */
final class YamlEditor {
  private final String file;
  private String text;

  /**
   * An editor of one file.
   *
   * @param file the file's name, for error messages
   */
  YamlEditor(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * Replaces the scalar at the path, or adds the missing part of the path.
   *
   * @param path keys, and indexes of lists as decimal numbers
   * @param before the old value, by which an item of a list is found when the list was reordered
   * @throws UneditableFileException when the text has another structure at the path
   */
  void set(List<String> path, JsonNode before, JsonNode value) {
    Node node = root();
    for (int depth = 0; depth < path.size(); depth++) {
      String key = path.get(depth);
      requireNoAnchor(node, path);
      if (node instanceof SequenceNode list) {
        if (!StringUtils.isNumeric(key)) {
          throw uneditable("has a list where the parent of " + String.join(".", path) + " belongs");
        }
        Optional<Node> item = item(list, key, path.subList(depth + 1, path.size()), before);
        if (item.isEmpty()) {
          return; // A person replaced the item; their item stays.
        }
        node = item.get();
      } else if (node instanceof MappingNode mapping) {
        Optional<Node> child = child(mapping, key);
        if (child.isEmpty()) {
          insert(mapping, key, nested(path.subList(depth + 1, path.size()), value));
          return;
        }
        node = child.get();
      } else if (node.getTag().equals(Tag.NULL)) {
        replace(node, " " + nested(path.subList(depth, path.size()), value));
        return;
      } else {
        throw uneditable("has a scalar where the parent of " + String.join(".", path) + " belongs");
      }
    }
    requireNoAnchor(node, path);
    if (!(node instanceof ScalarNode scalar)) {
      throw uneditable("has no scalar at " + String.join(".", path));
    }
    boolean block =
        scalar.getScalarStyle() == ScalarStyle.LITERAL
            || scalar.getScalarStyle() == ScalarStyle.FOLDED;
    boolean empty = node.getStartMark().getIndex() == node.getEndMark().getIndex();
    replace(node, (empty ? " " : "") + json(value) + (block ? "\n" : ""));
  }

  /**
   * Puts a value of any kind at the path, or adds the missing part of the path.
   *
   * @param path keys only
   * @param earlier the keys of the parent that come before a new one
   * @throws UneditableFileException when the text has another structure at the path
   */
  void put(List<String> path, JsonNode value, Collection<String> earlier) {
    Node node = root();
    for (int depth = 0; depth < path.size(); depth++) {
      requireNoAnchor(node, path);
      String key = path.get(depth);
      List<String> rest = path.subList(depth + 1, path.size());
      if (node.getTag().equals(Tag.NULL)) {
        replace(node, " " + nested(path.subList(depth, path.size()), value));
        return;
      }
      if (!(node instanceof MappingNode mapping)) {
        throw uneditable(
            "has no object where the parent of " + String.join(".", path) + " belongs");
      }
      if (mapping.getFlowStyle() == FlowStyle.FLOW) {
        List<String> inner = path.subList(depth, path.size());
        rewrite(mapping, object -> parent(object, inner).set(inner.getLast(), value));
        return;
      }
      Optional<NodeTuple> entry = entry(mapping, key);
      if (entry.isEmpty()) {
        add(mapping, key, tree(rest, value), rest.isEmpty() ? earlier : List.of());
        return;
      }
      if (rest.isEmpty()) {
        Node old = entry.get().getValueNode();
        requireNoAnchor(old, path);
        Mark start = entry.get().getKeyNode().getStartMark();
        splice(offset(start), end(old), block(key, value, start.getColumn()).strip());
        return;
      }
      node = entry.get().getValueNode();
    }
  }

  /**
   * Removes what is at the path, if it is there. Its parent must have other fields.
   *
   * @param path keys only
   * @throws UneditableFileException when the text has another structure at the path
   */
  void remove(List<String> path) {
    Node node = root();
    for (int depth = 0; depth < path.size(); depth++) {
      requireNoAnchor(node, path);
      if (!(node instanceof MappingNode mapping)) {
        return;
      }
      Optional<NodeTuple> entry = entry(mapping, path.get(depth));
      if (entry.isEmpty()) {
        return;
      }
      if (mapping.getFlowStyle() == FlowStyle.FLOW) {
        List<String> inner = path.subList(depth, path.size());
        rewrite(mapping, object -> parent(object, inner).remove(inner.getLast()));
        return;
      }
      if (depth == path.size() - 1) {
        requireNoAnchor(entry.get().getValueNode(), path);
        int start = text.lastIndexOf('\n', offset(entry.get().getKeyNode().getStartMark())) + 1;
        int end = text.indexOf('\n', end(entry.get().getValueNode()));
        splice(start, end < 0 ? text.length() : end + 1, "");
        return;
      }
      node = entry.get().getValueNode();
    }
  }

  private Node root() {
    try {
      Node root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
      if (root == null) {
        throw uneditable("is empty");
      }
      return root;
    } catch (YAMLException e) {
      throw uneditable("is no longer valid YAML: " + e.getMessage());
    }
  }

  private void requireNoAnchor(Node node, List<String> path) {
    if (node.getAnchor() != null) {
      throw uneditable(
          "has the YAML anchor &" + node.getAnchor() + " on the path " + String.join(".", path));
    }
  }

  private static Optional<NodeTuple> entry(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .filter(t -> t.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key))
        .findFirst();
  }

  private static Optional<Node> child(MappingNode mapping, String key) {
    return entry(mapping, key).map(NodeTuple::getValueNode);
  }

  /** Where the node's last character is. A block ends for the parser where the next one begins. */
  private int end(Node node) {
    if (node instanceof MappingNode mapping
        && mapping.getFlowStyle() != FlowStyle.FLOW
        && !mapping.getValue().isEmpty()) {
      return end(mapping.getValue().getLast().getValueNode());
    }
    if (node instanceof SequenceNode list
        && list.getFlowStyle() != FlowStyle.FLOW
        && !list.getValue().isEmpty()) {
      return end(list.getValue().getLast());
    }
    return text.substring(0, offset(node.getEndMark())).stripTrailing().length();
  }

  /** Adds a field to a block: after the last of those that come before it, or else as the first. */
  private void add(MappingNode mapping, String key, JsonNode value, Collection<String> earlier) {
    List<NodeTuple> fields = mapping.getValue();
    Mark first = fields.getFirst().getKeyNode().getStartMark();
    String entry = block(key, value, first.getColumn());
    Optional<NodeTuple> before =
        fields.reversed().stream()
            .filter(f -> f.getKeyNode() instanceof ScalarNode k && earlier.contains(k.getValue()))
            .findFirst();
    if (before.isEmpty()) {
      // The indentation in front of the first key serves the new one.
      splice(offset(first), offset(first), entry.strip() + "\n" + " ".repeat(first.getColumn()));
      return;
    }
    int line = text.indexOf('\n', end(before.get().getValueNode()));
    int at = line < 0 ? text.length() : line + 1;
    splice(at, at, (line < 0 ? "\n" : "") + entry + "\n");
  }

  private static String block(String key, JsonNode value, int column) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.set(key, value);
    return YamlBlock.quoted(entry, column).text();
  }

  /** Changes an object in braces and writes all of it again. */
  private void rewrite(MappingNode mapping, Consumer<ObjectNode> change) {
    int from = offset(mapping.getStartMark());
    int to = offset(mapping.getEndMark());
    ObjectNode object;
    try {
      object = (ObjectNode) StrictYaml.read(text.substring(from, to));
    } catch (JsonProcessingException e) {
      throw uneditable("has an object in braces that cannot be read by itself: " + e.getMessage());
    }
    change.accept(object);
    splice(from, to, json(object));
  }

  /** The object that has the last key of the path; it is made where nothing is. */
  private ObjectNode parent(ObjectNode object, List<String> path) {
    ObjectNode parent = object;
    for (String key : path.subList(0, path.size() - 1)) {
      JsonNode child = parent.path(key);
      if (child.isMissingNode() || child.isNull()) {
        parent = parent.putObject(key);
      } else if (child instanceof ObjectNode there) {
        parent = there;
      } else {
        throw uneditable("has no object at " + key + " on the path " + String.join(".", path));
      }
    }
    return parent;
  }

  private static JsonNode tree(List<String> path, JsonNode value) {
    JsonNode nested = value;
    for (String key : path.reversed()) {
      ObjectNode parent = JsonNodeFactory.instance.objectNode();
      parent.set(key, nested);
      nested = parent;
    }
    return nested;
  }

  /**
   * The item at the index if it still has the old value, else any other item with the old value,
   * because people reorder lists.
   */
  private static Optional<Node> item(
      SequenceNode list, String index, List<String> rest, JsonNode before) {
    List<Node> items = list.getValue();
    int expected = Integer.parseInt(index);
    return Stream.concat(items.stream().skip(expected), items.stream())
        .filter(item -> valueAt(item, rest).filter(before.asText()::equals).isPresent())
        .findFirst();
  }

  private static Optional<String> valueAt(Node node, List<String> path) {
    if (path.isEmpty()) {
      return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
    }
    return node instanceof MappingNode mapping
        ? child(mapping, path.get(0)).flatMap(n -> valueAt(n, path.subList(1, path.size())))
        : Optional.empty();
  }

  private void insert(MappingNode mapping, String key, String json) {
    String entry = json(JsonNodeFactory.instance.textNode(key)) + ": " + json;
    if (mapping.getFlowStyle() == FlowStyle.FLOW) {
      int inside = offset(mapping.getStartMark()) + 1;
      splice(inside, inside, entry + (mapping.getValue().isEmpty() ? "" : ", "));
    } else {
      // Insert before the first key, because its column is the indentation of the mapping.
      Mark first = mapping.getValue().get(0).getKeyNode().getStartMark();
      splice(offset(first), offset(first), entry + "\n" + " ".repeat(first.getColumn()));
    }
  }

  private static String nested(List<String> path, JsonNode value) {
    return json(tree(path, value));
  }

  /** JSON, which is also YAML, with the escapes that YAML needs. */
  private static String json(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream()
          .map(field -> YamlResultMapper.write(field.getKey()) + ": " + json(field.getValue()))
          .collect(joining(", ", "{", "}"));
    }
    if (value.isArray()) {
      return value.valueStream().map(YamlEditor::json).collect(joining(", ", "[", "]"));
    }
    return value.isTextual() ? YamlResultMapper.write(value.textValue()) : value.toString();
  }

  private void replace(Node node, String replacement) {
    if (node instanceof CollectionNode<?>) {
      throw uneditable("has a list or an object where a scalar belongs");
    }
    splice(offset(node.getStartMark()), offset(node.getEndMark()), replacement);
  }

  private void splice(int from, int to, String replacement) {
    text = text.substring(0, from) + replacement + text.substring(to);
  }

  /** Marks count code points, strings count UTF-16 units. */
  private int offset(Mark mark) {
    return text.offsetByCodePoints(0, mark.getIndex());
  }

  private UneditableFileException uneditable(String reason) {
    return new UneditableFileException(file, reason);
  }

  @Override
  public String toString() {
    return text;
  }
}
