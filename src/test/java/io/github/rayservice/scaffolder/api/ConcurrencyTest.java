package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fifty requests at once. */
@QuarkusTest
class ConcurrencyTest {
  private static final int CALLERS = 50;

  @Inject GitopsConfig config;

  private GitCommand git() {
    return new GitCommand(config.directory());
  }

  private int commits() {
    return Integer.parseInt(git().run("rev-list", "--count", "main"));
  }

  @Test
  void fiftyCreatesEndInFiftyServices() throws Exception {
    int before = commits();

    List<HttpResponse<String>> answers = all(n -> request(minimal("fifty", "s" + n)));

    assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(201);
    assertThat(commits()).isEqualTo(before + CALLERS);
    assertThat(git().services().stream().filter(s -> s.startsWith("fifty/")).sorted().toList())
        .isEqualTo(IntStream.range(0, CALLERS).mapToObj(n -> "fifty/s" + n).sorted().toList());
    git().check();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSameCreateFiftyTimesEndsInOneCommitAndFiftyEqualAnswers(boolean withKey)
      throws Exception {
    int before = commits();
    String name = withKey ? "with-key" : "without-key";

    List<HttpResponse<String>> answers =
        all(n ->
            withKey
                ? request(minimal("same", name), "Idempotency-Key", "one-key")
                : request(minimal("same", name)));

    assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(201);
    assertThat(answers.stream().map(HttpResponse::body).collect(toSet())).hasSize(1);
    assertThat(answers.stream().map(a -> a.headers().map().get("ETag")).collect(toSet()))
        .hasSize(1);
    assertThat(commits()).isEqualTo(before + 1);
  }

  @Test
  void fiftyContentsOfOneNameEndInOneWinner() throws Exception {
    int before = commits();

    List<HttpResponse<String>> answers = all(n -> request(withReplicas("rivals", "one", n + 1)));

    Map<Integer, List<HttpResponse<String>>> byStatus =
        answers.stream().collect(groupingBy(HttpResponse::statusCode));
    assertThat(byStatus.keySet()).containsExactlyInAnyOrder(201, 409);
    assertThat(byStatus.get(201)).hasSize(1);
    assertThat(byStatus.get(409))
        .hasSize(CALLERS - 1)
        .allSatisfy(refused ->
            assertThat(refused.body())
                .contains(
                    "\"heldBy\":{\"namespace\":\"rivals\",\"name\":\"one\",\"branch\":\"main\""));
    assertThat(commits()).isEqualTo(before + 1);
  }

  private static HttpRequest request(String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + RestAssured.port + PATH))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return headers.length == 0 ? request.build() : request.headers(headers).build();
  }

  private static List<HttpResponse<String>> all(IntFunction<HttpRequest> requests)
      throws Exception {
    CountDownLatch start = new CountDownLatch(CALLERS);
    try (HttpClient client = HttpClient.newHttpClient();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<HttpResponse<String>>> answers =
          IntStream.range(0, CALLERS)
              .mapToObj(n ->
                  callers.submit(() -> {
                    start.countDown();
                    start.await();
                    return client.send(requests.apply(n), BodyHandlers.ofString());
                  }))
              .toList();
      List<HttpResponse<String>> done = new ArrayList<>();
      for (Future<HttpResponse<String>> answer : answers) {
        done.add(answer.get());
      }
      return done;
    }
  }
}
