package io.github.rayservice.scaffolder.gitops.index;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.testsupport.LoggedLines;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever may push may make any number of branches. */
class ProposalBranchesTest {
  private static final RayServiceId B = new RayServiceId("team-ml", "b");
  private static final RayServiceId C = new RayServiceId("team-ml", "c");

  @TempDir Path folder;
  private GitServer server;
  private GitCommand git;
  private GitopsFixture gitops;

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
    gitops =
        GitopsFixture.proposing(
            server,
            git,
            "token",
            folder.resolve("mirrors"),
            Map.of("scaffolder.git.max-proposals", "2"));
  }

  @AfterEach
  void stop() {
    gitops.close();
    server.close();
    git.check();
  }

  private void seed(String name) {
    git.run("update-ref", "refs/heads/rayservice/team-ml/" + name, "main");
  }

  private double unread() {
    return gitops.meters.get("scaffolder.git.unread").gauge().value();
  }

  /** Names that come first in the alphabet do not push out what was read before. */
  @Test
  void branchesBeyondTheLimitAreToldAndNotRead() {
    gitops.commit(creation("team-ml", "b"));
    gitops.commit(creation("team-ml", "c"));
    gitops.repository.snapshots();
    try (LoggedLines log =
        new LoggedLines("io.github.rayservice.scaffolder.gitops.index.ProposalBranches")) {
      seed("a");

      assertThat(gitops.repository.openProposals()).containsOnlyKeys(B, C);
      assertThat(unread()).isEqualTo(1);
      assertThatThrownBy(() -> gitops.commit(creation("team-ml", "a")))
          .isInstanceOf(GitopsException.Unavailable.class)
          .hasMessageContaining("rayservice/team-ml/a is one of 1 that are not read");
      assertThat(gitops.commit(handOver(B, "bob")).outcome())
          .isEqualTo(CommitResult.Outcome.UPDATED);
      assertThat(log.lines())
          .containsExactly(
              "of 3 branches rayservice/*, 1 are not read and hold nothing: scaffolder.git.max-proposals is 2; remove those that propose nothing");
    }

    git.run("update-ref", "-d", "refs/heads/rayservice/team-ml/c");
    assertThat(gitops.commit(creation("team-ml", "a")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(unread()).isZero();
  }
}
