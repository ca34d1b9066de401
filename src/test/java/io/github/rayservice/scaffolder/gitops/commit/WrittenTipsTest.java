package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
    return name + " " + git.run("rev-parse", "rayservice/team-ml/" + name) + " own ";
  }

  /** Without what proves them. */
  private List<String> kept() {
    return git.lines("show", "refs/rayservice/requests:tips/team-ml").stream()
        .map(line -> line.replaceFirst("[0-9a-f]{64}$", ""))
        .toList();
  }

  @Test
  void theLastTipOfEachProposalIsKept() {
    gitops.commit(creation("team-ml", "other"));
    String created = gitops.commit(creation("team-ml", "text-ml")).commit();
    String updated = gitops.commit(handOver(ID, "bob")).commit();

    assertThat(kept()).containsExactly(line("other"), line("text-ml"));
    assertThat(gitops.repository.authorship(ID, updated)).isEqualTo(Authorship.OWN);
    assertThat(gitops.repository.authorship(ID, created)).isEqualTo(Authorship.FOREIGN);
  }

  @Test
  void anotherProcessKnowsIt() {
    String tip = gitops.commit(creation("team-ml", "text-ml")).commit();

    try (GitopsFixture other = open("other-mirrors")) {
      assertThat(other.repository.authorship(ID, tip)).isEqualTo(Authorship.OWN);
    }
  }

  @Test
  void whatFollowsOnACommitOfOthersIsNotOwnUntilTheBranchBeginsAgain() {
    gitops.commit(creation("team-ml", "text-ml"));
    String branch = "refs/heads/rayservice/team-ml/text-ml";
    String theirs = git.run("commit-tree", "-p", branch, "-m", "Theirs", branch + "^{tree}");
    git.run("update-ref", branch, theirs);

    String first = gitops.commit(handOver(ID, "bob")).commit();
    assertThat(gitops.repository.authorship(ID, first)).isEqualTo(Authorship.MIXED);
    String second = gitops.commit(handOver(ID, "cecile")).commit();
    assertThat(gitops.repository.authorship(ID, second)).isEqualTo(Authorship.MIXED);

    git.run("update-ref", "-d", branch);
    String again = gitops.commit(creation("team-ml", "text-ml")).commit();
    assertThat(gitops.repository.authorship(ID, again)).isEqualTo(Authorship.OWN);
  }

  @Test
  void aTipWithoutABranchIsDropped() {
    gitops.commit(creation("team-ml", "gone"));
    gitops.commit(creation("team-b", "kept"));
    git.run("update-ref", "-d", "refs/heads/rayservice/team-ml/gone");

    gitops.commit(creation("team-ml", "text-ml"));

    assertThat(kept()).containsExactly(line("text-ml"));
    assertThat(git.lines("ls-tree", "--name-only", "refs/rayservice/requests", "tips/"))
        .containsExactly("tips/team-b", "tips/team-ml");
  }
}
