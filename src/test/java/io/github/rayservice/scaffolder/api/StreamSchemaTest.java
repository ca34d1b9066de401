package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.EventStream;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URL;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every event of a stream keeps the schema of the API's description. Schemathesis leaves the
 * streams out, because they do not end. The bound only ends a test that hangs.
 */
@QuarkusTest
@Timeout(120)
class StreamSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init")
  URL service;

  @ParameterizedTest
  @CsvSource({
    "/api/v1/events, /api/v1/events",
    "/api/v1/ray-services/{namespace}/{name}/events, /api/v1/ray-services/stream/one/events"
  })
  void everyKindOfEventIsAsDescribed(String described, String path) throws Exception {
    JsonSchema schema = schema(described);
    ApiFixture.create("stream", "one");
    Set<String> kinds = new HashSet<>();

    try (EventStream stream =
        new EventStream(service.toString().replaceFirst("/$", "") + path, "")) {
      while (!kinds.contains("gone")) {
        JsonNode event = event(stream.next());
        assertThat(schema.validate(event)).as(event.toString()).isEmpty();
        kinds.add(event.path("event").asText());
        if (kinds.contains("complete")) {
          given().delete(PATH + "/stream/one");
        }
      }
    }

    assertThat(kinds).containsExactlyInAnyOrder("reset", "status", "complete", "gone");
  }

  private static JsonSchema schema(String path) throws IOException {
    JsonNode document =
        JSON.readTree(given().get("/q/openapi?format=json").then().extract().asString());
    ObjectNode schema =
        (ObjectNode)
            document
                .path("paths")
                .path(path)
                .at("/get/responses/200/content/text~1event-stream/schema")
                .deepCopy();
    schema.set("components", document.path("components"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema);
  }

  private static ObjectNode event(Map<String, String> fields) throws IOException {
    ObjectNode event = JSON.createObjectNode();
    for (Map.Entry<String, String> field : fields.entrySet()) {
      if (field.getKey().equals("data")) {
        event.set("data", JSON.readTree(field.getValue()));
      } else {
        event.put(field.getKey(), field.getValue());
      }
    }
    return event;
  }
}
