package io.github.rayservice.scaffolder.gitops.transport;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each Ray Service has a branch of its own, whatever it and its team are called. */
class BranchNamesTest {
  private static final String HEADS = "refs/heads/";

  @TempDir Path folder;
  private GitServer server;
  private GitCommand git;
  private GitopsFixture gitops;

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
    gitops = GitopsFixture.proposing(server, git, "token", folder.resolve("mirrors"), Map.of());
  }

  @AfterEach
  void stop() {
    gitops.close();
    server.close();
    git.check();
  }

  /**
   * Joined by a dash instead of a slash, or the other way round, some of these would be the same.
   */
  @Test
  void namesThatAreAlikeHaveBranchesOfTheirOwn() {
    List<RayServiceId> ids =
        List.of(
            new RayServiceId("a", "b-c"),
            new RayServiceId("a-b", "c"),
            new RayServiceId("a", "b"),
            new RayServiceId("b", "a"),
            new RayServiceId("b", "b"));
    int[] number = {0};
    for (RayServiceId id : ids) {
      String other = "n" + number[0]++;
      gitops.commit(creation(id, new InstanceSummary(other, "target-" + other, "host", "ann")));
    }
    String others = branchesOfOthers();

    gitops.commit(handOver(new RayServiceId("b", "b"), "bob"));

    assertThat(git.lines("for-each-ref", "--format=%(refname:lstrip=3)", HEADS + "rayservice"))
        .containsExactlyInAnyOrder("a/b-c", "a-b/c", "a/b", "b/a", "b/b");
    assertThat(branchesOfOthers()).isEqualTo(others);
    for (RayServiceId id : ids) {
      assertThat(git.lines("ls-tree", "-r", "--name-only", "rayservice/" + id))
          .allMatch(path -> path.startsWith(id.directory() + "/"))
          .hasSize(2);
    }
  }

  private String branchesOfOthers() {
    return git.run(
        "for-each-ref",
        "--format=%(refname) %(objectname)",
        HEADS + "rayservice/a",
        HEADS + "rayservice/a-b",
        HEADS + "rayservice/b/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rayservice", "rayservice/team-ml", "rayservice/team-ml/text-ml/more"})
  void aBranchInTheWayIsNamed(String branch) {
    git.run("update-ref", HEADS + branch, "main");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Refused.class)
        .hasMessageContaining("the branch " + branch + " is in the way");

    assertThat(gitops.retries()).isZero();
    git.run("update-ref", "-d", HEADS + branch);
    assertThat(gitops.commit(creation("team-ml", "text-ml")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
  }

  /** The mirror has the branch that is gone, at first. */
  @Test
  void aBranchThatReplacesThoseBelowItHindersOneTeam() {
    gitops.commit(creation("team-ml", "text-ml"));
    git.run("update-ref", "-d", HEADS + "rayservice/team-ml/text-ml");
    git.run("update-ref", HEADS + "rayservice/team-ml", "main");

    assertThat(gitops.repository.openProposals()).isEmpty();
    assertThat(gitops.commit(creation("team-b", "text-ml")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Refused.class);

    git.run("update-ref", "-d", HEADS + "rayservice/team-ml");
    assertThat(gitops.commit(creation("team-ml", "text-ml")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
  }
}
