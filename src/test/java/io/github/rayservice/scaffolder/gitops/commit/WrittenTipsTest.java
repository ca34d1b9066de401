package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tips of proposals this service wrote is known from Git alone. */
class WrittenTipsTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");

  @TempDir Path folder;
  private GitServer server;
  private GitCommand git;
  private GitopsFixture gitops;

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
    gitops = open("mirrors");
  }

  private GitopsFixture open(String mirrors) {
    return KilledWriter.proposing(
        server.urlOf("platform/gitops"), folder.resolve(mirrors), upstream -> upstream);
  }

  @AfterEach
  void stop() {
    gitops.close();
    server.close();
    git.check();
  }

  private String line(String name) {
    return name + " " + git.run("rev-parse", "rayservice/team-ml/" + name);
  }

  @Test
  void theLastTipOfEachProposalIsKept() {
    gitops.commit(creation("team-ml", "other"));
    String created = gitops.commit(creation("team-ml", "text-ml")).commit();
    String updated = gitops.commit(handOver(ID, "bob")).commit();

    assertThat(git.lines("show", "refs/rayservice/requests:tips/team-ml"))
        .containsExactly(line("other"), line("text-ml"));
    assertThat(gitops.repository.isWrittenHere(ID, updated)).isTrue();
    assertThat(gitops.repository.isWrittenHere(ID, created)).isFalse();
  }

  @Test
  void anotherProcessKnowsIt() {
    String tip = gitops.commit(creation("team-ml", "text-ml")).commit();

    try (GitopsFixture other = open("other-mirrors")) {
      assertThat(other.repository.isWrittenHere(ID, tip)).isTrue();
    }
  }

  @Test
  void aTipWithoutABranchIsDropped() {
    gitops.commit(creation("team-ml", "gone"));
    gitops.commit(creation("team-b", "kept"));
    git.run("update-ref", "-d", "refs/heads/rayservice/team-ml/gone");

    gitops.commit(creation("team-ml", "text-ml"));

    assertThat(git.lines("show", "refs/rayservice/requests:tips/team-ml"))
        .containsExactly(line("text-ml"));
    assertThat(git.lines("ls-tree", "--name-only", "refs/rayservice/requests", "tips/"))
        .containsExactly("tips/team-b", "tips/team-ml");
  }
}
