package io.github.rayservice.scaffolder.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
 * Replaces single values of a YAML text and keeps every other character, comments included. YAML
 * writers lose comments and layout, so this class edits the text at the positions that the parser
 * reports.
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

  private static Optional<Node> child(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .filter(t -> t.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst();
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
    JsonNode nested = value;
    for (String key : path.reversed()) {
      ObjectNode parent = JsonNodeFactory.instance.objectNode();
      parent.set(key, nested);
      nested = parent;
    }
    return json(nested);
  }

  private static String json(JsonNode value) {
    return value.isObject()
        ? objectJson(value)
        : YamlResultMapper.write(value.isInt() ? value.intValue() : value.textValue());
  }

  private static String objectJson(JsonNode value) {
    StringBuilder json = new StringBuilder("{");
    value
        .properties()
        .forEach(e ->
            json.append(json.length() == 1 ? "" : ", ")
                .append(YamlResultMapper.write(e.getKey()))
                .append(": ")
                .append(json(e.getValue())));
    return json.append('}').toString();
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
