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
  private static final YAMLMapper QUOTED = blocks().build();

  private static final YAMLMapper PLAIN =
      blocks()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .build();

  private static YAMLMapper.Builder blocks() {
    return YAMLMapper.builder()
        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
        .disable(YAMLGenerator.Feature.SPLIT_LINES)
        .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR);
  }

  /**
   * Writes an object or a list in block style, with quotes where YAML needs them.
   *
   * @param indentation the number of spaces in front of each line
   */
  public static YamlBlock plain(JsonNode value, int indentation) {
    return write(PLAIN, value, indentation);
  }

  /**
   * Writes an object or a list in block style, with quotes around every text: readers of YAML
   * differ about which texts are numbers or booleans.
   *
   * @param indentation the number of spaces in front of each line
   */
  static YamlBlock quoted(JsonNode value, int indentation) {
    return write(QUOTED, value, indentation);
  }

  private static YamlBlock write(YAMLMapper mapper, JsonNode value, int indentation) {
    try {
      return new YamlBlock(
          mapper.writeValueAsString(value).stripTrailing().indent(indentation).stripTrailing());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that YAML cannot show", e);
    }
  }
}
