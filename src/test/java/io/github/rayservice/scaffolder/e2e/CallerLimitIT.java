package io.github.rayservice.scaffolder.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One caller that takes more than its share of the packaged service: it is told when to come again,
 * and others are answered meanwhile.
 */
class CallerLimitIT {
  private static final String RAY_SERVICES = "/api/v1/ray-services";
  private static final String EVENTS = "/api/v1/events";
  private static final String OTHER = "another-token-of-the-tests";

  @TempDir static Path folder;

  private static ServiceProcess service;

  @BeforeAll
  static void start() throws IOException {
    service =
        ServiceProcess.start(
            folder,
            Map.of(
                "scaffolder.access.tokens[1].subject",
                "other",
                "scaffolder.access.tokens[1].sha256",
                DigestUtils.sha256Hex(OTHER),
                "scaffolder.access.limits.requests-at-a-time",
                "2",
                "scaffolder.access.limits.streams",
                "2",
                "scaffolder.access.limits.requests-per-second",
                "20"),
            Map.of());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static HttpResponse<String> get(String path, String token) {
    return service.send("GET", path, "", "Authorization", "Bearer " + token).join();
  }

  /** What the service answers a caller that sends two requests, or follows two streams, already. */
  private static void isRefused(HttpResponse<String> answer, String words, String retryAfter) {
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.headers().firstValue("Retry-After")).contains(retryAfter);
    assertThat(answer.body()).contains("problem:too-many-requests", words);
  }

  /** Opens a connection on which the service waits for the rest of a request. */
  private static Socket send(String head) throws IOException {
    URI address = URI.create(service.url());
    Socket socket = new Socket(InetAddress.getByName(address.getHost()), address.getPort());
    String request =
        head + "Host: service\r\nAuthorization: Bearer " + ServiceProcess.TOKEN + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    return socket;
  }

  @Test
  @SuppressWarnings("try") // the connections are only held open
  void requestsThatDoNotEndTakePlacesUntilTheirCallerGoes() throws IOException {
    String half =
        "POST %s HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
            .formatted(RAY_SERVICES);
    try (Socket first = send(half);
        Socket second = send(half)) {
      await()
          .untilAsserted(() ->
              isRefused(
                  get(RAY_SERVICES, ServiceProcess.TOKEN),
                  "token:tests has 2 requests at a time; more are not taken",
                  "1"));
      assertThat(get(RAY_SERVICES, OTHER).statusCode()).isEqualTo(200);
      // Neither of them is a caller's.
      assertThat(get("/backstage-templates/location.yaml", "").statusCode()).isEqualTo(200);
      assertThat(get("/q/health/ready", "").statusCode()).isEqualTo(200);
    }
    await()
        .untilAsserted(
            () -> assertThat(get(RAY_SERVICES, ServiceProcess.TOKEN).statusCode()).isEqualTo(200));
  }

  private static Socket follow() throws IOException {
    return send("GET %s HTTP/1.1\r\nAccept: text/event-stream\r\n".formatted(EVENTS));
  }

  private static void isTaken(Socket stream) throws IOException {
    byte[] status = stream.getInputStream().readNBytes("HTTP/1.1 200".length());
    assertThat(new String(status, US_ASCII)).isEqualTo("HTTP/1.1 200");
  }

  @Test
  void streamsTakePlacesUntilTheyEnd() throws IOException {
    try (Socket first = follow();
        Socket second = follow()) {
      isTaken(first);
      isTaken(second);

      isRefused(
          service.send("GET", EVENTS, "", "Accept", "text/event-stream").join(),
          "token:tests has 2 streams of events at a time; more are not taken",
          "10");
      assertThat(get(RAY_SERVICES, ServiceProcess.TOKEN).statusCode()).isEqualTo(200);
    }
    await()
        .untilAsserted(() -> {
          try (Socket next = follow()) {
            isTaken(next);
          }
        });
  }

  @Test
  void onlyItsTokenMaySayWhatArgoCdHasDone() {
    HttpResponse<String> refused =
        service.send("POST", "/webhooks/argocd", "{}", "Authorization", "Bearer " + OTHER).join();

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("problem:forbidden", "token:other may not send");
    assertThat(service.send("POST", "/webhooks/argocd", "{}").join().statusCode()).isEqualTo(204);
  }

  @Test
  void aCallerThatSendsTooFastIsToldWhenToComeAgain() {
    HttpResponse<String> refused =
        Stream.generate(() -> get(RAY_SERVICES, OTHER))
            .limit(10_000)
            .filter(answer -> answer.statusCode() != 200)
            .findFirst()
            .orElseThrow();

    isRefused(refused, "token:other sends more than 20 requests in a second", "1");
    await().untilAsserted(() -> assertThat(get(RAY_SERVICES, OTHER).statusCode()).isEqualTo(200));
  }
}
