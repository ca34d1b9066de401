package io.github.rayservice.scaffolder.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.form.HostileForms;
import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.backstage.BackstageResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that should cost as little as any other, and be answered: in each header, parameter,
 * part of a path and body what parsers and patterns are known to suffer from. The CPU time of the
 * server's threads counts, not the clock.
 */
@QuarkusTest
@WithTestResource(value = BackstageResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class HostileRequestTest {
  private static final long SECOND = 1_000_000_000;

  /** As many characters as fit into the headers, and into the first line, of a request. */
  private static final int HEADER = 12_000;

  private static final int LINE = 3_000;

  private static final String PROOF = "Authorization: Bearer " + BackstageResource.PIPELINE;

  private static final List<String> HEADERS =
      List.of(
          "Authorization",
          "Accept",
          "Accept-Encoding",
          "Accept-Language",
          "Content-Type",
          "Content-Encoding",
          "Cookie",
          "Expect",
          "Forwarded",
          "If-Match",
          "If-None-Match",
          "If-Modified-Since",
          "Idempotency-Key",
          "Last-Event-ID",
          "Origin",
          "Range",
          "Transfer-Encoding",
          "X-Forwarded-Host",
          "X-Gitlab-Token",
          "X-HTTP-Method-Override",
          "X-Request-Id",
          "webhook-id",
          "webhook-signature",
          "webhook-timestamp");

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** An operation of the API: its method, and its path with names in the place of parameters. */
  private record Operation(String method, String path, List<String> queries) {}

  @SuppressWarnings("NullAway.Init")
  private List<Operation> operations;

  @BeforeEach
  void readTheDescription() throws IOException {
    JsonNode paths =
        new ObjectMapper()
            .readTree(given().get("/q/openapi?format=json").then().extract().asString())
            .path("paths");
    operations = new ArrayList<>();
    paths
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method -> {
                  if (Set.of("get", "post", "put", "delete").contains(method.getKey())) {
                    operations.add(
                        new Operation(
                            method.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            method.getValue().path("parameters").findValuesAsText("name")));
                  }
                }));
    assertThat(operations).hasSizeGreaterThan(10);
  }

  /** One line each: what cannot be in a header at all is left out. */
  private static Stream<String> texts(int length) {
    return HostileForms.texts()
        .map(text -> text.substring(0, Math.min(length, text.length())))
        .filter(text -> text.chars().allMatch(c -> c >= ' ' && c != 0x7f))
        .map(text -> new String(text.getBytes(UTF_8), ISO_8859_1))
        .map(text -> text.substring(0, Math.min(length, text.length())));
  }

  @Test
  void anyHeader() throws IOException {
    for (Operation operation : operations) {
      String target = operation.path().replaceAll("[{][^}]+[}]", "team-ml");
      for (String header : HEADERS) {
        // Each text at one operation, and one text at each.
        List<String> texts =
            operation.equals(operations.getFirst()) || operation.method().equals("PUT")
                ? texts(HEADER).toList()
                : texts(HEADER).skip(target.length() % 20).limit(2).toList();
        for (String text : texts) {
          check(operation.method(), target, List.of(PROOF, header + ": " + text), new byte[0]);
        }
      }
    }
  }

  @Test
  void anyTokenAndTag() throws IOException {
    String one = ApiFixture.PATH + "/team-ml/x";
    for (String part : List.of("\"\",", "W/\"a\",", "*,", "\"", "a.b.c.", "eyJ.", "=")) {
      String text = part.repeat(HEADER / part.length());
      check("GET", one, List.of("Authorization: Bearer " + text), new byte[0]);
      check("GET", one, List.of(PROOF, "If-None-Match: " + text), new byte[0]);
      check("DELETE", one, List.of(PROOF, "If-Match: " + text), new byte[0]);
    }
  }

  @Test
  void anyParameterAndPath() throws IOException {
    for (Operation operation : operations) {
      String plain = operation.path().replaceAll("[{][^}]+[}]", "team-ml");
      for (String text : texts(LINE / 3).map(t -> URLEncoder.encode(t, UTF_8)).toList()) {
        String cut = text.substring(0, Math.min(LINE, text.length())).replaceAll("%.?$", "");
        check(
            operation.method(),
            operation.path().replaceAll("[{][^}]+[}]", cut),
            List.of(PROOF),
            new byte[0]);
        for (String query : operation.queries()) {
          check(operation.method(), plain + "?" + query + "=" + cut, List.of(PROOF), new byte[0]);
        }
      }
    }
  }

  @Test
  void anyBody() throws IOException {
    List<String> bodies =
        Stream.concat(
                HostileForms.texts(),
                Stream.of(
                        "{\"a\":", "[{\"a\":", "{\"a\":1,", "{\"metadata\":{\"name\":\"", "a:\n- ")
                    .map(part -> part.repeat(HostileForms.SIZE / part.length())))
            .toList();
    for (Operation operation : operations) {
      if (operation.method().equals("GET")) {
        continue;
      }
      String target = operation.path().replaceAll("[{][^}]+[}]", "team-ml");
      for (String body : bodies) {
        for (String type : List.of("application/json", "application/yaml")) {
          check(
              operation.method(),
              target,
              List.of(PROOF, "Content-Type: " + type),
              body.getBytes(UTF_8));
        }
      }
    }
  }

  private static void check(String method, String target, List<String> headers, byte[] body)
      throws IOException {
    String what =
        method
            + " "
            + shown(target)
            + " "
            + shown(headers.getLast())
            + " "
            + shown(new String(body, UTF_8));
    long first = cost(method, target, headers, body, what);
    assertThat(first < SECOND ? first : Math.min(first, cost(method, target, headers, body, what)))
        .as(what)
        .isLessThan(SECOND);
  }

  private static String shown(String text) {
    return text.substring(0, Math.min(60, text.length())).replaceAll("\\p{Cntrl}", "·");
  }

  private static long cost(
      String method, String target, List<String> headers, byte[] body, String what)
      throws IOException {
    long before = serverTime();
    assertThat(send(method, target, headers, body)).as(what).isBetween(200, 499);
    return serverTime() - before;
  }

  private static long serverTime() {
    long sum = 0;
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null
          && (thread.getThreadName().startsWith("executor-thread")
              || thread.getThreadName().startsWith("vert.x-"))) {
        sum += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return sum;
  }

  /** Over a socket, because a client would refuse to send much of this. The status. */
  private static int send(String method, String target, List<String> headers, byte[] body)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
      socket.setSoTimeout(60_000);
      String head =
          "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n%s\r\n"
              .formatted(
                  method,
                  target,
                  String.join("\r\n", headers),
                  body.length == 0 && method.equals("GET")
                      ? ""
                      : "Content-Length: " + body.length + "\r\n");
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      InputStream answer = socket.getInputStream();
      String line = new String(answer.readNBytes("HTTP/1.1 200".length()), ISO_8859_1);
      assertThat(line).as(shown(head)).startsWith("HTTP/1.");
      return Integer.parseInt(line.substring(line.length() - 3));
    }
  }
}
