package io.github.rayservice.scaffolder.gitops.index;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.deletion;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Branches whose trees and histories are made by hand. */
class ForeignChangesTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");
  private static final String BRANCH = "refs/heads/rayservice/team-ml/text-ml";

  @TempDir Path folder;
  private GitServer server;
  private GitCommand git;
  private GitopsFixture gitops;
  private String blob = "";

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
    blob = git.runWith("x\n", "hash-object", "-w", "--stdin");
    git.run(
        "update-ref", "refs/heads/main", commit(tree("100644 blob " + blob + "\tREADME"), "main"));
    gitops = GitopsFixture.proposing(server, git, "token", folder.resolve("mirrors"), Map.of());
  }

  @AfterEach
  void stop() {
    gitops.close();
    server.close();
    git.check();
  }

  /** A commit on the branch that adds a file which is not the Ray Service's to a tree. */
  private String withPipeline(String tree) {
    String entries = git.run("ls-tree", tree) + "\n100644 blob " + blob + "\t.gitlab-ci.yml\n";
    return commit(git.runWith(entries, "mktree"), BRANCH);
  }

  private String tree(String... entries) {
    return git.runWith(String.join("\n", entries) + "\n", "mktree");
  }

  private String commit(String tree, String... parents) {
    StringBuilder all = new StringBuilder();
    for (String parent : parents) {
      all.append(" -p ").append(parent);
    }
    return git.run(("commit-tree -m Theirs" + all + " " + tree).split(" "));
  }

  private String seed(String kind) {
    String readme = "100644 blob " + blob + "\tREADME";
    String root =
        switch (kind) {
          case "another file" -> tree(readme, "100644 blob " + blob + "\t.gitlab-ci.yml");
          case "a file under another name" -> tree("100644 blob " + blob + "\tOTHER");
          case "a mode" -> tree("100755 blob " + blob + "\tREADME");
          case "a link for the root" -> tree(readme, "120000 blob " + blob + "\trayservices");
          case "a submodule" ->
              tree(readme, "160000 commit " + git.run("rev-parse", "main") + "\tsub");
          case "a neighbour" -> {
            String team = tree("100644 blob " + blob + "\ttext-ml.yaml");
            yield tree(
                readme,
                "040000 tree " + tree("040000 tree " + team + "\tteam-ml") + "\trayservices");
          }
          default -> throw new IllegalArgumentException(kind);
        };
    String made = commit(root, "main");
    git.run("update-ref", BRANCH, made);
    return made;
  }

  @ParameterizedTest
  @CsvSource({
    "another file, .gitlab-ci.yml",
    "a file under another name, OTHER",
    "a mode, README",
    "a link for the root, rayservices",
    "a submodule, sub",
    "a neighbour, rayservices/team-ml/text-ml.yaml",
  })
  void isRefused(String kind, String path) {
    String commit = seed(kind);

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOfSatisfying(
            GitopsException.ForeignBranch.class,
            foreign -> {
              assertThat(foreign.branch()).isEqualTo("rayservice/team-ml/text-ml");
              assertThat(foreign.path()).isEqualTo(path);
              assertThat(foreign.commit()).isEqualTo(commit);
            });
    assertThatThrownBy(() -> gitops.preview(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.ForeignBranch.class);
    assertThat(git.run("rev-parse", BRANCH)).isEqualTo(commit);
  }

  @Test
  void aHistoryOfItsOwnIsAllForeign() {
    git.run("update-ref", BRANCH, commit(git.run("rev-parse", "main^{tree}")));

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOfSatisfying(
            GitopsException.ForeignBranch.class,
            foreign -> assertThat(foreign.path()).isEqualTo("README"));
  }

  /** The commit that is named is the one that did it, not the newest. */
  @Test
  void theCommitThatChangedThePathIsNamed() {
    gitops.commit(creation("team-ml", "text-ml"));
    String own = git.run("rev-parse", BRANCH + "^{tree}");
    String foreign = withPipeline(own);
    git.run("update-ref", BRANCH, commit(git.run("rev-parse", foreign + "^{tree}"), foreign));

    assertThatThrownBy(() -> gitops.commit(handOver(ID, "bob")))
        .isInstanceOfSatisfying(
            GitopsException.ForeignBranch.class,
            refused -> assertThat(refused.commit()).isEqualTo(foreign));
    assertThatThrownBy(() -> gitops.commit(deletion(ID)))
        .isInstanceOf(GitopsException.ForeignBranch.class);
  }

  /** Put there and taken away again, it is nothing that would be merged. */
  @Test
  void whatIsGoneAgainIsNoChange() {
    gitops.commit(creation("team-ml", "text-ml"));
    String own = git.run("rev-parse", BRANCH + "^{tree}");
    String foreign = withPipeline(own);
    git.run("update-ref", BRANCH, commit(own, foreign));

    assertThat(gitops.commit(handOver(ID, "bob")).outcome())
        .isEqualTo(CommitResult.Outcome.UPDATED);
  }

  /** Main and branch have merged each other: both merge bases have to agree. */
  @Test
  void severalMergeBasesAreAllCompared() {
    gitops.commit(creation("team-ml", "text-ml"));
    String first = git.run("rev-parse", BRANCH);
    String own = git.run("rev-parse", BRANCH + "^{tree}");
    String main = git.run("rev-parse", "main");
    String newer = commit(tree("100755 blob " + blob + "\tREADME"), main);
    // The branch takes the newer main but keeps the README of the older one.
    git.run("update-ref", BRANCH, commit(own, first, newer));
    String both =
        git.run("ls-tree", own)
            .replace("100644 blob " + blob + "\tREADME", "100755 blob " + blob + "\tREADME");
    git.run(
        "update-ref", "refs/heads/main", commit(git.runWith(both + "\n", "mktree"), newer, first));

    assertThatThrownBy(() -> gitops.commit(handOver(ID, "bob")))
        .isInstanceOfSatisfying(
            GitopsException.ForeignBranch.class,
            refused -> assertThat(refused.path()).isEqualTo("README"));
  }
}
