package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A runtime environment in Ray's own words, somewhere in {@code args} or {@code serveConfig}: Ray
 * Serve's applications and language models have their own.
 *
 * @param path path from the document's root
 */
record InnerRuntimeEnv(String path, JsonNode value) {
  static List<InnerRuntimeEnv> of(RayServiceForm form) {
    List<InnerRuntimeEnv> found = new ArrayList<>();
    add("spec.args", form.args(), found);
    add("spec.serveConfig", form.serveConfig(), found);
    return found;
  }

  private static void add(String path, @Nullable JsonNode value, List<InnerRuntimeEnv> found) {
    if (value == null) {
      return;
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        add(path + "[" + i + "]", value.get(i), found);
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String inner = path + "." + field.getKey();
      if (field.getKey().equals("runtime_env")) {
        found.add(new InnerRuntimeEnv(inner, field.getValue()));
      } else {
        add(inner, field.getValue(), found);
      }
    }
  }
}
