package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that writes to the embedded repository is killed with SIGKILL. */
@Execution(ExecutionMode.CONCURRENT)
class KillTest {
  @TempDir Path folder;

  @Test
  void killedBeforeTheBranchMovesLeavesTheOldCommit() throws Exception {
    kill("before", "waiting");

    try (GitopsFixture gitops = reopen()) {
      assertThat(gitops.listed()).isEmpty();
      assertThat(repeat(gitops, 0).outcome()).isEqualTo(CommitResult.Outcome.CREATED);
      assertThat(gitops.listed()).containsExactly("team-ml/s0");
      assertThat(commits(gitops)).isEqualTo("2");
    }
  }

  @Test
  void killedAfterTheBranchMovedLeavesTheNewCommitAndItsAnswer() throws Exception {
    kill("after", "waiting");

    try (GitopsFixture gitops = reopen()) {
      assertThat(gitops.listed()).containsExactly("team-ml/s0");
      CommitResult answer = repeat(gitops, 0);
      assertThat(answer.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
      assertThat(answer.commit()).isEqualTo(gitops.git.run("rev-parse", "main"));
      assertThat(commits(gitops)).isEqualTo("2");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 30})
  void killedAnywhereLosesNothingThatWasAnswered(int answers) throws Exception {
    int wrote = kill("never", "wrote " + answers);

    try (GitopsFixture gitops = reopen()) {
      int there = gitops.listed().size();
      assertThat(there).isBetween(wrote + 1, wrote + 2);
      for (int n = 0; n <= there; n++) {
        repeat(gitops, n);
      }
      assertThat(gitops.git.services()).hasSize(there + 1);
      assertThat(commits(gitops)).isEqualTo(String.valueOf(there + 2));
    }
  }

  @Test
  void locksOfAKilledProcessAreRemoved() throws Exception {
    kill("never", "wrote 1");
    Path repository = folder.resolve("gitops.git");
    List<String> locks =
        List.of("refs/heads/main.lock", "refs/rayservice/requests.lock", "packed-refs.lock");
    for (String lock : locks) {
      Path file = repository.resolve(lock);
      Files.createDirectories(file.getParent());
      if (Files.notExists(file)) {
        Files.createFile(file);
      }
    }

    try (GitopsFixture gitops = reopen()) {
      gitops.commit(creation("team-ml", "later"), request("r", "later", ""));
      assertThat(gitops.listed()).contains("team-ml/later");
    }
  }

  /** Kills the writer once it says the line; returns the last answer that it gave. */
  private int kill(String stop, String line) throws IOException, InterruptedException {
    return KilledWriter.runAndKill(line, folder.resolve("gitops.git").toString(), stop);
  }

  private GitopsFixture reopen() {
    GitopsFixture gitops = GitopsFixture.in(folder.resolve("gitops.git"));
    gitops.git.check();
    return gitops;
  }

  /** The caller never got an answer, and sends the same request again. */
  private static CommitResult repeat(GitopsFixture gitops, int n) {
    return gitops.commit(creation("team-ml", "s" + n), request("again", "key-" + n, "s" + n));
  }

  private static String commits(GitopsFixture gitops) {
    return gitops.git.run("rev-list", "--count", "main");
  }
}
