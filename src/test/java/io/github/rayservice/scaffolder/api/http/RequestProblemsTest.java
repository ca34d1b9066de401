package io.github.rayservice.scaffolder.api.http;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no resource gets: the method, the address or a format is another. */
@QuarkusTest
class RequestProblemsTest {
  private static final String PROBLEM = "urn:rayservice-scaffolder:problem:";

  @TestHTTPResource(PATH)
  @SuppressWarnings("NullAway.Init")
  URL list;

  @ParameterizedTest
  @CsvSource({
    "DELETE, /api/v1/ray-services, 'GET, HEAD, OPTIONS, POST'",
    "POST, /api/v1/ray-services/a/b, 'DELETE, GET, HEAD, OPTIONS, PUT'",
    "PUT, /api/v1/ray-services/a/b/events, 'GET, HEAD, OPTIONS'",
    "POST, /api/v1/events, 'GET, HEAD, OPTIONS'",
    "PATCH, /api/v1/dependencies, 'GET, HEAD, OPTIONS'",
    "POST, /api/v1/catalog/entities/a/b, 'GET, HEAD, OPTIONS'",
    "GET, /webhooks/argocd, 'OPTIONS, POST'",
    "PUT, /webhooks/gitlab, 'OPTIONS, POST'",
    "DELETE, /backstage-templates/location.yaml, 'GET, HEAD, OPTIONS'"
  })
  void anotherMethodIsToldTheAllowedOnes(String method, String path, String allowed) {
    given()
        .request(method, path)
        .then()
        .statusCode(405)
        .header("Allow", allowed)
        .contentType("application/problem+json")
        .body("type", equalTo(PROBLEM + "method-not-allowed"))
        .body("detail", equalTo("this address takes " + allowed + ", not " + method));
    given().request("OPTIONS", path).then().statusCode(204).header("Allow", allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/nothing",
    "POST, /nothing",
    "OPTIONS, /api/v1/ray-services/a",
    "DELETE, /api/v1/ray-services/a/b/c"
  })
  void anotherAddressIsNotFound(String method, String path) {
    given()
        .request(method, path)
        .then()
        .statusCode(404)
        .header("X-Request-Id", notNullValue())
        .contentType("application/problem+json")
        .body("type", equalTo(PROBLEM + "no-such-path"))
        .body("instance", equalTo(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "???", ""})
  void anotherFormatIsNotAnswered(String accept) throws Exception {
    HttpResponse<String> answer = send(request().header("Accept", accept).GET());

    assertViolation(answer, 406, "not-acceptable", "Accept", accept);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "???", ""})
  void anotherFormatIsNotRead(String contentType) throws Exception {
    HttpResponse<String> answer =
        send(
            request()
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(minimal("p", "p"))));

    assertViolation(answer, 415, "unsupported-media-type", "Content-Type", contentType);
  }

  @Test
  void manyTagsAreOneHeader() {
    String tags = "\"\",".repeat(5000) + "\"\"";

    json(minimal("tags", "nothing"))
        .header("If-Match", tags)
        .put(PATH + "/tags/nothing")
        .then()
        .statusCode(404);
    json(minimal("tags", "nothing"))
        .header("If-Match", tags + "x")
        .put(PATH + "/tags/nothing")
        .then()
        .statusCode(400);
  }

  private HttpRequest.Builder request() throws Exception {
    return HttpRequest.newBuilder(list.toURI());
  }

  /** RestAssured leaves empty headers out. */
  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static void assertViolation(
      HttpResponse<String> answer, int status, String type, String field, String value)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(answer.body());
    assertThat(problem.path("type").asText()).isEqualTo(PROBLEM + type);
    JsonNode violation = problem.path("violations").path(0);
    assertThat(violation.path("field").asText()).isEqualTo(field);
    assertThat(violation.path("value").asText()).isEqualTo(value);
    assertThat(violation.path("rule").asText()).startsWith("must ");
    assertThat(violation.path("source").asText()).startsWith("RFC 9110");
  }
}
