package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that pushes proposals to a Git server is killed with SIGKILL. */
@Execution(ExecutionMode.CONCURRENT)
class RemoteKillTest {
  @TempDir Path folder;
  private GitServer server;
  private GitCommand git;

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
  }

  @AfterEach
  void stop() {
    server.close();
    git.check();
  }

  private GitopsFixture reopen() {
    return KilledWriter.proposing(
        server.urlOf("platform/gitops"), folder.resolve("mirrors"), upstream -> upstream);
  }

  private int kill(String line, String stop) throws IOException, InterruptedException {
    return KilledWriter.runAndKill(
        line, folder.resolve("mirrors").toString(), stop, server.urlOf("platform/gitops"));
  }

  private static CommitResult repeat(GitopsFixture gitops, int n) {
    return gitops.commit(creation("team-ml", "s" + n), request("again", "key-" + n, "s" + n));
  }

  @ParameterizedTest
  @CsvSource({"before,0", "after,1"})
  void aRequestRepeatedAfterAKillAroundThePushHasOneBranchWithOneCommit(
      String stop, int branchesThen) throws Exception {
    kill("waiting", stop);
    assertThat(git.lines("for-each-ref", "refs/heads/rayservice")).hasSize(branchesThen);

    try (GitopsFixture gitops = reopen()) {
      CommitResult answer = repeat(gitops, 0);

      assertThat(answer.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
      assertThat(answer.commit()).isEqualTo(git.run("rev-parse", "rayservice/team-ml/s0"));
    }
    assertThat(git.lines("for-each-ref", "refs/heads/rayservice")).hasSize(1);
    assertThat(git.run("rev-list", "--count", "main..rayservice/team-ml/s0")).isEqualTo("1");
  }

  @Test
  void aKillAtAnyTimeLosesNoAcknowledgedCommit() throws Exception {
    int wrote = kill("wrote 8", "never");

    try (GitopsFixture gitops = reopen()) {
      int there = git.lines("for-each-ref", "refs/heads/rayservice").size();
      assertThat(there).isBetween(wrote + 1, wrote + 2);
      for (int n = 0; n <= there; n++) {
        repeat(gitops, n);
      }
      assertThat(git.lines("for-each-ref", "refs/heads/rayservice")).hasSize(there + 1);
      assertThat(git.run("rev-list", "--count", "--branches", "^main"))
          .isEqualTo(String.valueOf(there + 1));
    }
  }
}
