package io.github.rayservice.scaffolder.gitlab;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
      GitlabConfig config =
          GitlabFixture.config(
              Map.of(
                  "scaffolder.gitlab.url", "http://127.0.0.1:" + silent.getLocalPort(),
                  "scaffolder.gitlab.project", "platform/gitops",
                  "scaffolder.gitlab.token", "token",
                  "scaffolder.gitlab.timeout", "300ms"));
      GitlabClient client = new GitlabClient(new GitlabProject(config, () -> false), config);

      assertThatThrownBy(() -> client.mergeRequest(1))
          .isInstanceOf(GitlabException.Unavailable.class);
    }
  }
}
