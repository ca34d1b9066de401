package io.github.rayservice.scaffolder.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/**
 * YAML lines that a template writes as they are.
 *
 * @param text whole lines, indented, without a line break at the end
 */
public record YamlBlock(String text) {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
          .build();

  /**
   * Writes an object or a list in block style.
   *
   * @param indentation the number of spaces in front of each line
   */
  public static YamlBlock of(JsonNode value, int indentation) {
    try {
      return new YamlBlock(
          YAML.writeValueAsString(value).stripTrailing().indent(indentation).stripTrailing());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that YAML cannot show", e);
    }
  }
}
