package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a GitLab that takes connections and says nothing is waited for. */
@QuarkusTest
class GitlabTimeoutTest {
  /** Far below Quarkus' own time of 30 s. */
  @Test
  @Timeout(15)
  void theSettingOfThisServiceHoldsWhereQuarkusHasNone() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> client(silent).mergeRequest(1))
          .isInstanceOf(GitlabException.Unavailable.class);
    }
  }

  /** The answer is read as a stream, which has a time of its own: 100 s. */
  @Test
  @Timeout(15)
  void itHoldsForAnAnswerThatStopsInTheMiddle() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> beginAnswers(silent));

      assertThatThrownBy(() -> client(silent).mergeRequest(1))
          .isInstanceOf(GitlabException.Unavailable.class);
    }
  }

  private static void beginAnswers(ServerSocket server) {
    List<Socket> open = new ArrayList<>();
    try {
      while (true) {
        Socket connection = server.accept();
        open.add(connection);
        connection
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                    .getBytes(UTF_8));
      }
    } catch (IOException closed) {
      open.forEach(GitlabTimeoutTest::close);
    }
  }

  private static void close(Socket connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GitlabClient client(ServerSocket server) {
    return GitlabFixture.client(
        GitlabFixture.config(
            Map.of(
                "scaffolder.gitlab.url", "http://127.0.0.1:" + server.getLocalPort(),
                "scaffolder.gitlab.project", "platform/gitops",
                "scaffolder.gitlab.token", "token",
                "scaffolder.gitlab.timeout", "300ms")));
  }
}
