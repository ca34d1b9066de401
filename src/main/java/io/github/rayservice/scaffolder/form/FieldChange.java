package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.rayservice.scaffolder.form.field.ChangeEffect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field that two versions of a form have with different values.
 *
 * @param field path below {@code spec}, such as {@code resources.worker.cpu}; lists and free
 *     objects are one field
 * @param before null when it was absent
 * @param after null when it is absent
 */
public record FieldChange(
    String field, @Nullable JsonNode before, @Nullable JsonNode after, ChangeEffect effect) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In the order of the form; empty when both are the same. */
  public static List<FieldChange> between(RayServiceForm before, RayServiceForm after) {
    List<FieldChange> changes = new ArrayList<>();
    compare(
        "",
        FormField.ofSpec(),
        JSON.valueToTree(before),
        JSON.valueToTree(after),
        ChangeEffect.IN_PLACE,
        changes);
    return List.copyOf(changes);
  }

  private static void compare(
      String prefix,
      List<FormField> fields,
      JsonNode before,
      JsonNode after,
      ChangeEffect ofParent,
      List<FieldChange> changes) {
    for (FormField field : fields) {
      JsonNode old = before.path(field.name());
      JsonNode changed = after.path(field.name());
      // What comes or goes as a whole has the effect of the whole.
      boolean whole = before.isMissingNode() || after.isMissingNode();
      ChangeEffect own = whole ? ChangeEffect.OF_PARENT : field.field().effect();
      ChangeEffect effect = own == ChangeEffect.OF_PARENT ? ofParent : own;
      String path = prefix + field.name();
      if (field.type() == FormField.Type.OBJECT) {
        compare(path + ".", field.children(), old, changed, effect, changes);
      } else if (!old.equals(changed)) {
        changes.add(new FieldChange(path, present(old), present(changed), effect));
      }
    }
  }

  private static @Nullable JsonNode present(JsonNode value) {
    return value instanceof MissingNode || value.isNull() ? null : value;
  }
}
