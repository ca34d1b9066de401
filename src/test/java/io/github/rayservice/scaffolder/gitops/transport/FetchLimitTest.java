package io.github.rayservice.scaffolder.gitops.transport;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.testsupport.LoggedLines;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People push more to a real Git server than the service takes from it. */
class FetchLimitTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");
  private static final String BRANCH = "rayservice/team-ml/text-ml";
  private static final int MEBI = 1 << 20;

  @TempDir Path folder;
  private final LoggedLines log = new LoggedLines(Mirror.class.getName());
  private GitServer server;
  private GitCommand git;
  private GitCommand person;
  private GitopsFixture gitops;

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
    person = git.cloneInto(folder.resolve("person"));
    // What is random does not get smaller; trying takes seconds.
    person.run("config", "core.compression", "0");
    gitops = open();
  }

  private GitopsFixture open() {
    return GitopsFixture.of(
        new Remote(
            server.urlOf("platform/gitops"), Optional.of(new Remote.Login("oauth2", "token"))),
        true,
        folder.resolve("mirrors"),
        Map.of("scaffolder.git.max-object-size", "1M", "scaffolder.git.max-mirror-size", "3M"),
        git,
        upstream -> upstream);
  }

  @AfterEach
  void stop() {
    log.close();
    gitops.close();
    server.close();
    git.check();
  }

  /** Adds files to a branch that do not get smaller by compression. */
  private String push(String branch, int files, int bytes) throws IOException {
    person.run("fetch", "-q", "origin");
    String base =
        person.lines("branch", "-r").stream()
                .map(String::strip)
                .toList()
                .contains("origin/" + branch)
            ? "origin/" + branch
            : "origin/main";
    person.run("checkout", "-q", "--detach", base);
    for (int i = 0; i < files; i++) {
      byte[] content = new byte[bytes];
      new Random(i + bytes).nextBytes(content);
      Files.write(person.directory().resolve("model-" + i + ".bin"), content);
    }
    person.run("add", "-A");
    person.run("commit", "-q", "-m", "Add a model");
    person.run("push", "-q", "origin", "HEAD:refs/heads/" + branch);
    return git.run("rev-parse", "refs/heads/" + branch).strip();
  }

  private void takeBack(String branch) {
    git.run("update-ref", "refs/heads/" + branch, branch + "~1");
  }

  private long onDisk() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("mirrors"))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private List<String> proposed() {
    return gitops.repository.openProposals().keySet().stream().map(RayServiceId::toString).toList();
  }

  @Test
  void aProposalWithALargeFileIsLeftOutAndTheOthersAreRead() throws IOException {
    gitops.commit(creation("team-ml", "other"));
    String tip = push(BRANCH, 1, 5 * MEBI);
    gitops.repository.invalidate();

    assertThat(proposed()).containsExactly("team-ml/other");
    assertThat(gitops.commit(creation("team-ml", "third")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(proposed()).containsExactly("team-ml/other", "team-ml/third");

    assertThat(onDisk()).isLessThan(MEBI);
    assertThat(log.lines())
        .filteredOn(line -> line.contains("left out"))
        .singleElement()
        .asString()
        .contains(BRANCH)
        .contains(tip)
        .contains("scaffolder.git.max-object-size");
  }

  @Test
  void aBranchThatIsLeftOutIsNotWrittenUntilTheFileIsGone() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    push(BRANCH, 1, 5 * MEBI);

    assertThatThrownBy(() -> gitops.commit(handOver(ID, "bob")))
        .isInstanceOf(GitopsException.Oversized.class)
        .hasMessageStartingWith("the branch " + BRANCH + " cannot be read: ");
    assertThat(gitops.retries()).isZero();

    takeBack(BRANCH);
    assertThat(gitops.commit(handOver(ID, "bob")).outcome())
        .isEqualTo(CommitResult.Outcome.UPDATED);
  }

  @Test
  void manyFilesThatAreLargeTogetherAreLeftOut() throws IOException {
    push(BRANCH, 6, MEBI - 1024);
    push("rayservice/team-ml/small", 1, 1024);

    assertThat(proposed()).containsExactly("team-ml/small");
    gitops.commit(creation("team-ml", "other"));

    assertThat(proposed()).containsExactly("team-ml/other", "team-ml/small");
    assertThat(onDisk()).isLessThan(MEBI);
  }

  @Test
  void branchesThatAreLargeTogetherFillNoMoreThanTheMirror() throws IOException {
    for (int i = 0; i < 5; i++) {
      push("rayservice/team-ml/model-" + i, 1, MEBI - 1024 - i);
      gitops.repository.invalidate();
      gitops.listed();
    }

    assertThat(mirrored()).hasSize(2).allMatch(ref -> ref.contains("/model-"));
    assertThat(onDisk()).isLessThan(3 * MEBI);

    // What they have brought stays on the disk until there is no room for another.
    for (int i = 0; i < 4; i++) {
      git.run("update-ref", "-d", "refs/heads/rayservice/team-ml/model-" + i);
    }
    gitops.repository.invalidate();
    gitops.listed();
    assertThat(mirrored()).containsExactly("refs/heads/rayservice/team-ml/model-4");

    push("rayservice/team-ml/later", 1, MEBI - 1024);
    gitops.repository.invalidate();
    gitops.listed();
    assertThat(mirrored())
        .containsExactly(
            "refs/heads/rayservice/team-ml/later", "refs/heads/rayservice/team-ml/model-4");
    assertThat(onDisk()).isLessThan(3 * MEBI);
  }

  private List<String> mirrored() throws IOException {
    try (Stream<Path> mirrors = Files.list(folder.resolve("mirrors"))) {
      return new GitCommand(mirrors.findFirst().orElseThrow())
          .lines("for-each-ref", "--format=%(refname)", "refs/heads/rayservice");
    }
  }

  @Test
  void anAcceptedBranchWithALargeFileIsAnOutageThatNamesItAndCostsNothingAgain()
      throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    push("main", 1, 5 * MEBI);
    gitops.repository.invalidate();
    assertOutage();
    server.forgetRequests();

    assertOutage();
    assertThat(server.requests())
        .as("nothing but looks at the refs")
        .containsExactly(
            "GET /platform/gitops.git/info/refs?service=git-upload-pack",
            "POST /platform/gitops.git/git-upload-pack",
            "GET /platform/gitops.git/info/refs?service=git-receive-pack");
    assertThat(onDisk()).isLessThan(MEBI);

    takeBack("main");
    assertThat(gitops.commit(handOver(ID, "bob")).outcome())
        .isEqualTo(CommitResult.Outcome.UPDATED);
  }

  private void assertOutage() {
    for (Runnable use :
        List.<Runnable>of(
            gitops.repository::accepted, () -> gitops.commit(creation("team-ml", "new")))) {
      assertThatThrownBy(use::run)
          .isInstanceOf(GitopsException.Unavailable.class)
          .hasMessageStartingWith("cannot read main of ")
          .hasMessageContaining("scaffolder.git.max-object-size");
    }
  }

  @Test
  void aRestartReadsTheOthers() throws IOException {
    gitops.commit(creation("team-ml", "other"));
    push(BRANCH, 1, 5 * MEBI);
    gitops.close();

    gitops = open();

    assertThat(proposed()).containsExactly("team-ml/other");
  }
}
