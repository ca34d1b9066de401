package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Forms that should cost as little as any other: in each field texts, numbers, lists and objects of
 * the size of the largest body, of the kinds that parsers and patterns are known to suffer from.
 */
public final class HostileForms {
  /** Characters of one value: the largest body, without the rest of the form. */
  public static final int SIZE = 250 << 10;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private HostileForms() {}

  /**
   * A value in a field.
   *
   * @param what the field and the kind of value
   */
  public record Case(String what, ObjectNode form) {
    @Override
    public String toString() {
      return what;
    }
  }

  /** Texts by what they consist of. */
  public static Stream<String> texts() {
    Stream<String> repeated =
        Stream.of(
                "a",
                "9",
                " ",
                "\n",
                "\u0000",
                "é",
                "\uD83D\uDE00",
                "\uD800",
                "\u202E",
                "a.",
                "a-",
                "-a",
                "a/",
                "a:",
                "a,",
                "a@",
                "a b",
                "[",
                "{",
                "{a: ",
                "[a, ",
                "- ",
                "? ",
                "&a ",
                "*a ",
                "!!a ",
                "a: &a [*a]\n",
                "a: 1\n",
                "a: |\n b\n",
                "\"",
                "'",
                "#",
                "%",
                "%20",
                "${",
                "${a}",
                "{{",
                "-eyJ",
                "eyJaaaaaaaaaa.",
                "eyJaaaaaaaaaaa",
                "ghp_",
                "sk-",
                "glpat-",
                "-----BEGIN ",
                "://",
                "://a:",
                "https://a:b@",
                "https://a/",
                "git+https://",
                "a ; a",
                "a==1,",
                "a[b,",
                "AKIA",
                "1e9",
                "0x",
                "1:",
                "\\",
                "../",
                "(",
                "a$")
            .map(part -> part.repeat(SIZE / part.length()));
    return Stream.concat(
        repeated,
        Stream.of(
            "1e99999999999",
            "1e-99999999999",
            "1E999",
            "9".repeat(1000) + "Ei",
            "0." + "0".repeat(SIZE) + "1",
            "https://a/" + "a".repeat(SIZE) + ".zip",
            "a".repeat(SIZE) + "!",
            "a.".repeat(SIZE / 2) + "!"));
  }

  /** Values that are no texts. */
  private static Stream<JsonNode> values() {
    ArrayNode list = JSON.arrayNode();
    ArrayNode objects = JSON.arrayNode();
    ObjectNode object = JSON.objectNode();
    ObjectNode texts = JSON.objectNode();
    for (int i = 0; i < SIZE / 10; i++) {
      list.add("a" + i);
      objects.addObject();
      object.putObject("a" + i);
      texts.put("a" + i, "b");
    }
    ObjectNode deep = JSON.objectNode();
    ObjectNode inner = deep;
    for (int i = 0; i < 900; i++) {
      inner = inner.putObject("a");
    }
    ObjectNode longKey = JSON.objectNode();
    longKey.put("a".repeat(SIZE), "b");
    ObjectNode tokenKey = JSON.objectNode();
    tokenKey.put("-eyJ".repeat(SIZE / 4), "b");
    return Stream.of(
        list,
        objects,
        object,
        texts,
        deep,
        longKey,
        tokenKey,
        JSON.numberNode(Double.MAX_VALUE),
        JSON.numberNode(Double.MIN_VALUE),
        JSON.numberNode(Long.MIN_VALUE),
        JSON.numberNode(new BigDecimal("1e999")),
        JSON.numberNode(new BigInteger("9".repeat(999))),
        JSON.booleanNode(true),
        JSON.nullNode());
  }

  /** Each value in each field, and what is wrong with many fields at once. */
  public static Stream<Case> all() {
    List<JsonNode> values = Stream.concat(texts().map(JSON::textNode), values()).toList();
    List<Case> cases = new ArrayList<>();
    places(
        FormField.ofDocument(),
        (pointer, set) -> {
          for (JsonNode value : values) {
            ObjectNode form = FormFixture.minimal("team-ml", "hostile");
            set.accept(form, value);
            cases.add(new Case(pointer + " = " + shown(value), form));
          }
        });
    ObjectNode unknown = FormFixture.minimal("team-ml", "hostile");
    ObjectNode labels = FormFixture.minimal("team-ml", "hostile");
    ObjectNode wrong = FormFixture.minimal("team-ml", "hostile");
    for (int i = 0; i < SIZE / 8; i++) {
      unknown.withObject("/spec").put("a" + i, 1);
      labels.withObject("/metadata/labels").put("_" + i, "!");
      wrong.withObject("/spec/args").putNull("a" + i);
    }
    cases.add(new Case("many unknown fields", unknown));
    cases.add(new Case("many wrong labels", labels));
    cases.add(new Case("many wrong values of a free object", wrong));
    return cases.stream();
  }

  /** A text in each field and each place for a text, named by its JSON pointer. */
  static Stream<Case> everywhere(String text) {
    List<Case> cases = new ArrayList<>();
    places(
        FormField.ofDocument(),
        (pointer, set) -> {
          ObjectNode form = FormFixture.minimal("team-ml", "text-ml");
          set.accept(form, JSON.textNode(text));
          cases.add(new Case(pointer, form));
        });
    return cases.stream();
  }

  private static String shown(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : value.toString();
    return value.getNodeType()
        + " "
        + text.substring(0, Math.min(20, text.length())).replaceAll("\\p{Cntrl}", "·")
        + "… ("
        + text.length()
        + ")";
  }

  private static void places(
      List<FormField> fields, BiConsumer<String, BiConsumer<ObjectNode, JsonNode>> each) {
    walk(fields, "", each);
  }

  private static void walk(
      List<FormField> fields,
      String parent,
      BiConsumer<String, BiConsumer<ObjectNode, JsonNode>> each) {
    for (FormField field : fields) {
      String pointer = parent + "/" + field.name();
      each.accept(pointer, (form, value) -> parentOf(form, parent).set(field.name(), value));
      if (field.type() == FormField.Type.ARRAY && field.hasChildren()) {
        for (FormField child : field.children()) {
          each.accept(
              pointer + "[0]/" + child.name(),
              (form, value) ->
                  parentOf(form, parent)
                      .withArray(field.name())
                      .addObject()
                      .set(child.name(), value));
        }
      } else if (field.type() == FormField.Type.ARRAY) {
        each.accept(
            pointer + "[0]",
            (form, value) -> parentOf(form, parent).withArray(field.name()).add(value));
      } else if (field.type() == FormField.Type.STRING_MAP
          || field.type() == FormField.Type.FREE_OBJECT) {
        each.accept(
            pointer + "/a",
            (form, value) -> parentOf(form, parent).putObject(field.name()).set("a", value));
      } else {
        walk(field.children(), pointer, each);
      }
    }
  }

  private static ObjectNode parentOf(ObjectNode form, String pointer) {
    return pointer.isEmpty() ? form : form.withObject(pointer);
  }
}
