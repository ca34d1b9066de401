package io.github.rayservice.scaffolder.form.value;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rules for an object whose fields the form does not know: what Git, the API server and kro carry
 * as it is.
 */
public final class FreeObjects {
  /** Deeper objects are a mistake, and each level is two columns in Git. */
  private static final int MAX_DEPTH = 32;

  /** One mistake may be in each of ten thousand fields; nobody reads that. */
  private static final int MAX_VIOLATIONS = 20;

  private static final String CARRIED = "Kubernetes: what an object without a schema can hold";

  private final List<Violation> violations = new ArrayList<>();

  private FreeObjects() {}

  /** The rules that the value breaks, in the order of the value; the first 20 of them. */
  public static List<Violation> check(String path, JsonNode value) {
    FreeObjects check = new FreeObjects();
    check.walk(path, value, 1);
    return check.violations;
  }

  private void walk(String path, JsonNode value, int depth) {
    if (violations.size() >= MAX_VIOLATIONS) {
      return;
    }
    if (depth > MAX_DEPTH) {
      add(path, "must be nested at most " + MAX_DEPTH + " deep", BrokenRule.POLICY);
    } else if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        if (TextRules.looksLikeSecret(field.getKey())) {
          TextRules.checkFree(path, field.getKey()).ifPresent(violations::add);
        } else {
          String inner = path + "." + field.getKey();
          TextRules.checkFree(inner, field.getKey()).ifPresent(violations::add);
          walk(inner, field.getValue(), depth + 1);
        }
      }
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        walk(path + "[" + i + "]", value.get(i), depth + 1);
      }
    } else if (value.isTextual()) {
      TextRules.checkFree(path, value.textValue()).ifPresent(violations::add);
    } else if (value.isNull()) {
      add(path, "must not be null: leave the field out", CARRIED);
    } else if (value.isIntegralNumber() && !value.canConvertToLong()) {
      violations.add(
          Violation.of(path, value, "must be a whole number of at most 64 bits", CARRIED));
    } else if (value.isNumber() && !Double.isFinite(value.doubleValue())) {
      violations.add(Violation.of(path, value, "must be a finite number", CARRIED));
    }
  }

  private void add(String path, String rule, String source) {
    violations.add(Violation.withoutValue(path, rule, source));
  }
}
