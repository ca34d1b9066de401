package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GitLab whose answers have no end. */
@QuarkusTest
class GitlabAnswerLimitTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private volatile boolean sends = true;
  private volatile int status;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    sends = false;
    server.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] spaces = " ".repeat(64 * 1024).getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    try (exchange) {
      exchange.sendResponseHeaders(status, 0);
      while (sends) {
        exchange.getResponseBody().write(spaces);
        // A few hundred megabytes in a second would only be work.
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The bound ends a test that would read for ever. */
  @ParameterizedTest
  @ValueSource(ints = {200, 500})
  @Timeout(60)
  void anAnswerWithoutEndIsAnOutage(int code) {
    status = code;
    GitlabClient gitlab =
        GitlabFixture.client(
            GitlabFixture.config(
                Map.of(
                    "scaffolder.gitlab.url",
                    "http://127.0.0.1:" + server.getAddress().getPort(),
                    "scaffolder.gitlab.project",
                    "platform/gitops",
                    "scaffolder.gitlab.token",
                    "token")));

    assertThatThrownBy(() -> gitlab.mergeRequest(1))
        .isInstanceOf(GitlabException.Unavailable.class)
        .hasMessageContaining(
            code == 200 ? "GitLab at 127.0.0.1 answers with more than 8388608 bytes" : "500");
    assertThat(sends).as("the server still sends").isTrue();
  }
}
