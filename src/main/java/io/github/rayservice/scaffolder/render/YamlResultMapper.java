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
 * Writes every value of a YAML template as a JSON scalar, which is also a YAML 1.2 scalar, and a
 * {@link YamlBlock} as it is. Qute itself escapes only for HTML and XML, so a line break in a value
 * could start a new key.
 */
final class YamlResultMapper implements ResultMapper {
  static final String CONTENT_TYPE = "application/yaml";

  private static final int ABOVE_QUTE_DEFAULTS = 100;
  private static final ObjectMapper JSON = new JsonMapper();
  // Valid in JSON strings, but not printable in YAML, so they are escaped. No other character is
  // escaped, because Go's YAML parsers reject surrogate pairs such as "\ud83d\ude00".
  private static final Pattern UNPRINTABLE_IN_YAML =
      Pattern.compile("[\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff]");

  void register(@Observes EngineBuilder engine) {
    engine.addResultMapper(this);
  }

  @Override
  public int getPriority() {
    return ABOVE_QUTE_DEFAULTS;
  }

  @Override
  public boolean appliesTo(Origin origin, Object result) {
    return origin.getVariant().map(v -> v.getContentType().equals(CONTENT_TYPE)).orElse(false);
  }

  @Override
  public String map(Object result, Expression expression) {
    return result instanceof YamlBlock block ? block.text() : write(result);
  }

  /**
   * Writes a text, a number or a boolean.
   *
   * @throws IllegalArgumentException for any other value, which is an error of the template
   */
  static String write(Object value) {
    if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
      throw new IllegalArgumentException("not a YAML scalar: " + value.getClass());
    }
    try {
      return UNPRINTABLE_IN_YAML
          .matcher(JSON.writeValueAsString(value))
          .replaceAll(m -> String.format("\\\\u%04x", (int) m.group().charAt(0)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not representable in JSON", e);
    }
  }
}
