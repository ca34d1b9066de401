package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Argo CD's notifications may say. */
@QuarkusTest
class NotificationTest {
  private static final String PATH = "/webhooks/argocd";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                       | (body)      | is empty",
        "{                        | (body)      | is no JSON",
        "[]                       | (body)      | must be an object",
        "null                     | (body)      | must be an object",
        "{\"application\": 1}     | application | must be text",
        "{\"health\": {}}         | health      | must be text"
      })
  void whatIsNoNotificationIsRefused(String body, String field, String rule) {
    json(body)
        .post(PATH)
        .then()
        .statusCode(400)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:malformed"))
        .body("violations[0].field", equalTo(field))
        .body("violations[0].rule.startsWith('" + rule + "')", equalTo(true));
  }

  @Test
  void aLargeOneIsRefused() {
    json("{\"application\": \"" + "x".repeat(256 << 10) + "\"}").post(PATH).then().statusCode(413);
  }

  @Test
  void aFieldMayBeAbsentOrNull() {
    json("{\"application\": null, \"more\": 1}")
        .post(PATH)
        .then()
        .statusCode(204)
        .header("Content-Type", nullValue());
  }
}
