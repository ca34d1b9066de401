package io.github.rayservice.scaffolder.template;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormField;
import io.github.rayservice.scaffolder.form.field.Field.Page;
import io.github.rayservice.scaffolder.render.YamlBlock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The fields of a form's record as the Backstage forms have them: JSON schema (draft 7) with the
 * {@code ui:} keywords of react-jsonschema-form and Backstage.
 */
final class FormPages {
  /** Column of the fields of a page. */
  private static final int PROPERTIES = 8;

  /** Column of the fields of the last page, which depend on a check box. */
  private static final int FOLDED = 16;

  /** Column of the fields of a step's input. */
  private static final int INPUT = 10;

  private final List<FormField> fields;

  /** What the platform's settings change in a field of the deploy form, by the field's path. */
  private final Map<String, Consumer<ObjectNode>> settings;

  /** The fields that this platform's forms leave out, by their paths. */
  private final Set<String> hidden;

  FormPages(
      List<FormField> fields, Map<String, Consumer<ObjectNode>> settings, Set<String> hidden) {
    this.fields = fields;
    this.settings = settings;
    this.hidden = hidden;
  }

  /** The fields of one page of the deploy form. */
  YamlBlock page(Page page) {
    return properties(onPages().filter(f -> f.field().page() == page), true);
  }

  /** One field, for the page of another form. */
  YamlBlock only(String name) {
    return properties(onPages().filter(f -> f.name().equals(name)), true);
  }

  /** The fields that the last page of the deploy form shows to who asks for them. */
  YamlBlock advanced() {
    return YamlBlock.plain(propertiesOf(onPages().filter(FormPages::isAdvanced), true), FOLDED);
  }

  /** The fields of the update form: without defaults, because an empty field keeps its value. */
  YamlBlock changes() {
    return properties(changeable().filter(f -> !isAdvanced(f)), false);
  }

  /** Those that the update form shows to who asks for them. */
  YamlBlock advancedChanges() {
    return YamlBlock.plain(propertiesOf(changeable().filter(FormPages::isAdvanced), false), FOLDED);
  }

  private static boolean isAdvanced(FormField field) {
    return field.field().page() == Page.ADVANCED;
  }

  /** The deploy step's input, but for the fields that are immutable, which the template names. */
  YamlBlock input() {
    return input(onPages().filter(f -> !f.field().immutable()));
  }

  /** The update step's input. */
  YamlBlock changedInput() {
    return input(changeable());
  }

  private Stream<FormField> onPages() {
    return fields.stream().filter(f -> f.field().page() != Page.NONE && !hidden.contains(f.name()));
  }

  private Stream<FormField> changeable() {
    return onPages().filter(f -> f.field().inUpdate());
  }

  private static YamlBlock input(Stream<FormField> fields) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    fields.forEach(f -> input.put(f.name(), "${{ parameters." + f.name() + " }}"));
    return YamlBlock.plain(input, INPUT);
  }

  private YamlBlock properties(Stream<FormField> fields, boolean deploy) {
    return YamlBlock.plain(propertiesOf(fields, deploy), PROPERTIES);
  }

  private ObjectNode propertiesOf(Stream<FormField> fields, boolean deploy) {
    ObjectNode properties = JsonNodeFactory.instance.objectNode();
    fields.forEach(f -> properties.set(f.name(), property(f, f.name(), deploy, deploy)));
    return properties;
  }

  /**
   * One field.
   *
   * @param words whether it has the words for a person who fills in an empty form
   * @param defaults whether it has its default
   */
  private ObjectNode property(FormField field, String path, boolean words, boolean defaults) {
    ObjectNode property = JsonNodeFactory.instance.objectNode();
    property.put("title", field.field().title());
    if (field.type() == FormField.Type.FREE_OBJECT) {
      property.put("type", "string").put("description", field.field().value());
      property.put("ui:widget", "textarea");
      put(property, "ui:help", field.field().help());
      return property;
    }
    if (field.type() == FormField.Type.OBJECT) {
      if (field.field().optional()) {
        // The title of a group tells enough of those that every form has.
        property.put("description", field.field().value());
      }
      addFields(property, field, path, words, defaults);
      return property;
    }
    if (field.type() == FormField.Type.ARRAY && field.hasChildren()) {
      property.put("type", "array").put("description", field.field().value());
      property.put("maxItems", field.field().maxItems());
      addFields(property.putObject("items"), field, path, true, true);
      return property;
    }
    property.setAll(field.jsonSchema());
    settings.getOrDefault(path, unchanged -> {}).accept(property);
    if (words) {
      put(property, "ui:placeholder", field.field().placeholder());
      put(property, "ui:help", field.field().help());
    }
    if (!defaults) {
      property.remove("default");
    }
    return property;
  }

  private void addFields(
      ObjectNode object, FormField field, String path, boolean words, boolean defaults) {
    object.put("type", "object");
    List<FormField> shown =
        field.children().stream()
            .filter(f -> !f.field().title().isEmpty() && !hidden.contains(path + "." + f.name()))
            .toList();
    List<String> required =
        shown.stream().filter(FormField::required).map(FormField::name).toList();
    // The form shows an optional object before anything is in it.
    boolean mayBeEmpty = field.type() == FormField.Type.OBJECT && field.field().optional();
    if (defaults && !mayBeEmpty && !required.isEmpty()) {
      ArrayNode names = object.putArray("required");
      required.forEach(names::add);
    }
    ObjectNode children = object.putObject("properties");
    shown.forEach(f ->
        children.set(f.name(), property(f, path + "." + f.name(), words, defaults && !mayBeEmpty)));
  }

  /** What a setting of the platform says comes first. */
  private static void put(ObjectNode property, String keyword, String text) {
    if (!text.isEmpty() && !property.has(keyword)) {
      property.put(keyword, text);
    }
  }
}
