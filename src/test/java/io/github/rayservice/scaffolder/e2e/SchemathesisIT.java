package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.ForeignClients;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service does what its OpenAPI document says, tried by Schemathesis: {@code
 * -Pclients}. What is tried and what is excepted is in {@code src/test/clients/schemathesis.toml}.
 * {@code StreamSchemaTest} compares the events of streams with the document.
 */
@Tag("clients")
class SchemathesisIT {
  private static final String PATH = ApiFixture.PATH;

  /** What schemathesis_hooks.py changes. */
  private static final String KEPT = ApiFixture.minimal("schemathesis", "kept");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ServiceProcess service;

  @BeforeAll
  static void start() throws IOException {
    ForeignClients.installPython();
    service =
        ServiceProcess.start(
            folder,
            Map.of(),
            Map.of("scaffolder.gitlab.webhook.secret-token", WebhookHeaders.SECRET_TOKEN));
    service.send("POST", PATH, KEPT).join();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void withATokenItDoesWhatItSays() throws IOException {
    ForeignClients.Outcome outcome =
        ForeignClients.schemathesis(
            service.url(),
            WebhookHeaders.SECRET_TOKEN,
            "-H",
            "Authorization: Bearer " + ServiceProcess.TOKEN);

    assertThat(outcome.status()).as(outcome.output()).isZero();
    // Links lead from one request to the next, so that there is something to read and to change.
    assertThat(outcome.output()).containsPattern("API Links: +[1-9][0-9]* covered");
    assertThat(service.log()).doesNotContain("\"level\":\"ERROR\"");
  }

  @Test
  void withoutATokenNobodyIsServed() throws Exception {
    String before = service.send("GET", PATH, "").get(60, TimeUnit.SECONDS).body();

    ForeignClients.Outcome outcome =
        ForeignClients.schemathesis(
            service.url(),
            "",
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "3",
            // Nothing but 401, of which it would warn.
            "--warnings",
            "off");

    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(service.send("GET", PATH, "").get(60, TimeUnit.SECONDS).body()).isEqualTo(before);
  }

  @Test
  void eventStreamsRefuseWhatTheySay() throws Exception {
    for (String path : new String[] {"/api/v1/events", PATH + "/team-ml/text/events"}) {
      assertProblem(events(service.events(path).setHeader("Authorization", "Bearer x")), 401);
      assertProblem(events(service.events(path).setHeader("Accept", "application/json")), 406);
      HttpResponse<?> put = events(service.events(path).PUT(HttpRequest.BodyPublishers.noBody()));
      assertProblem(put, 405);
      assertThat(put.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS");
    }
    assertProblem(events(service.events(PATH + "/team-ml/-/events")), 404);
  }

  /** The answer without its body, which would not end if the request were taken. */
  private static HttpResponse<?> events(HttpRequest.Builder request) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    try {
      HttpResponse<InputStream> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      answer.body().close();
      return answer;
    } finally {
      client.shutdownNow();
    }
  }

  private static void assertProblem(HttpResponse<?> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
  }
}
