package io.github.rayservice.scaffolder.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.rayservice.scaffolder.StrictYaml;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads the body of a request, JSON or YAML, as one document. */
public final class DocumentReader {
  /** A form is a few kB; its longest field has 2 kB. */
  static final int LARGEST = 256 << 10;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private DocumentReader() {}

  /** Reads at most {@link #LARGEST} bytes and one more; every mistake is an HTTP problem. */
  public static JsonNode read(InputStream body, @Nullable MediaType type) {
    byte[] bytes;
    try {
      bytes = body.readNBytes(LARGEST + 1);
    } catch (IOException e) {
      throw new UncheckedIOException("the request's body broke off", e);
    }
    if (bytes.length > LARGEST) {
      throw Problems.tooLarge(LARGEST);
    }
    boolean yaml = type != null && MediaTypes.isYaml(type);
    try {
      String text = withoutMark(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      JsonNode document = yaml ? StrictYaml.read(text) : JSON.readTree(text);
      if (document.isMissingNode()) {
        throw Problems.malformedBody("is empty", format(yaml));
      }
      return document;
    } catch (CharacterCodingException e) {
      throw Problems.malformedBody("is not UTF-8", format(yaml));
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      throw Problems.malformedBody(
          "is no %s: %s%s"
              .formatted(
                  yaml ? "YAML" : "JSON",
                  reason(e),
                  place == null
                      ? ""
                      : " (line %d, column %d)".formatted(place.getLineNr(), place.getColumnNr())),
          format(yaml));
    }
  }

  /** Windows programs begin a file in UTF-8 with a byte order mark. */
  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static String format(boolean yaml) {
    return yaml ? "YAML 1.1" : "JSON (RFC 8259)";
  }

  /** SnakeYAML's own message draws a picture that only a terminal shows. */
  private static String reason(JsonProcessingException e) {
    return e.getCause() instanceof MarkedYAMLException marked
        ? marked.getProblem()
        : e.getOriginalMessage();
  }
}
