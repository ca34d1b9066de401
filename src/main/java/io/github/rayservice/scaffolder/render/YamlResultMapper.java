package io.github.rayservice.scaffolder.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.qute.EngineBuilder;
import io.quarkus.qute.Expression;
import io.quarkus.qute.ResultMapper;
import io.quarkus.qute.TemplateNode.Origin;
import jakarta.enterprise.event.Observes;
import java.util.regex.Pattern;

/**
 * Writes every value of a YAML template as JSON, which YAML 1.2 contains: whatever a value holds,
 * it stays one scalar. Qute itself escapes for HTML and XML only, so that a line break in a value
 * would begin a new key.
 */
final class YamlResultMapper implements ResultMapper {
  static final String CONTENT_TYPE = "application/yaml";

  private static final int ABOVE_QUTES_OWN = 100;
  private static final ObjectMapper JSON = new JsonMapper();
  // Legal in JSON strings, but not printable in YAML. All other characters stay as they are: Go's
  // YAML parsers refuse
  // the surrogate pairs of "\ud83d\ude00".
  private static final Pattern NOT_YAML =
      Pattern.compile("[\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff]");

  void register(@Observes EngineBuilder engine) {
    engine.addResultMapper(this);
  }

  @Override
  public int getPriority() {
    return ABOVE_QUTES_OWN;
  }

  @Override
  public boolean appliesTo(Origin origin, Object result) {
    return origin.getVariant().map(v -> v.getContentType().equals(CONTENT_TYPE)).orElse(false);
  }

  @Override
  public String map(Object result, Expression expression) {
    return write(result);
  }

  /** Text, numbers and booleans only: a template that prints anything else is wrong. */
  static String write(Object value) {
    if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
      throw new IllegalArgumentException("not a YAML scalar: " + value.getClass());
    }
    try {
      return NOT_YAML
          .matcher(JSON.writeValueAsString(value))
          .replaceAll(m -> String.format("\\\\u%04x", (int) m.group().charAt(0)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not representable in JSON", e);
    }
  }
}
