package io.github.rayservice.scaffolder;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one YAML document strictly. Duplicate keys, aliases and a second document are errors,
 * because readers of YAML differ about them.
 */
public final class StrictYaml {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  private StrictYaml() {}

  /**
   * Reads the document.
   *
   * @return a missing node when the text has no document
   * @throws JsonProcessingException with the line and column of the error
   */
  public static JsonNode read(String text) throws JsonProcessingException {
    try (YAMLParser parser = MAPPER.getFactory().createParser(text)) {
      JsonNode document = MAPPER.readTree(parser);
      if (document != null && parser.nextToken() != null) {
        throw new JsonParseException(parser, "it contains more than one document");
      }
      if (text.indexOf('*') >= 0) {
        refuseAliases(text);
      }
      return document == null ? MissingNode.getInstance() : document;
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads every document of a text, as strictly.
   *
   * @return without empty documents
   * @throws JsonProcessingException with the line and column of the error
   */
  public static List<JsonNode> readAll(String text) throws JsonProcessingException {
    List<JsonNode> documents = new ArrayList<>();
    try (YAMLParser parser = MAPPER.getFactory().createParser(text);
        MappingIterator<JsonNode> read = MAPPER.readerFor(JsonNode.class).readValues(parser)) {
      while (read.hasNextValue()) {
        JsonNode document = read.nextValue();
        if (!document.isNull()) {
          documents.add(document);
        }
      }
      refuseAliases(text);
      return documents;
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Jackson would read an alias as a text with its name. */
  private static void refuseAliases(String text) throws IOException {
    try (YAMLParser parser = MAPPER.getFactory().createParser(text)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias()) {
          throw new JsonParseException(
              parser, "the alias *" + parser.getText() + " is not supported: write the value out");
        }
      }
    }
  }
}
