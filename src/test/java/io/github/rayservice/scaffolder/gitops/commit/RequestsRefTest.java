package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.testsupport.LoggedLines;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever may push to the repository may move the service's own ref anywhere. */
class RequestsRefTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");
  private static final String REQUESTS = "refs/rayservice/requests";
  private static final String FETCH = "GET /platform/gitops.git/info/refs?service=git-upload-pack";

  @TempDir Path folder;
  private GitServer server;
  private GitCommand git;
  private GitopsFixture gitops;

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
    gitops = open("mirrors", "token");
  }

  private GitopsFixture open(String mirrors, String token) {
    return GitopsFixture.proposing(server, git, token, folder.resolve(mirrors), Map.of());
  }

  @AfterEach
  void stop() {
    gitops.close();
    server.close();
    git.check();
  }

  private String blob(String text) {
    return git.runWith(text, "hash-object", "-w", "--stdin");
  }

  private String tree(String... entries) {
    return git.runWith(String.join("\n", entries) + "\n", "mktree");
  }

  private String commit(String tree) {
    return git.run("commit-tree", "-m", "Theirs", tree);
  }

  private static String today() {
    return LocalDate.now(ZoneOffset.UTC).toString();
  }

  /** The tree with what a person put where this service writes. */
  private String rubbish(String kind) {
    String file = "100644 blob " + blob("rubbish\n") + "\t";
    String link = "120000 blob " + blob("/etc/passwd") + "\t";
    String key = DigestUtils.sha256Hex("key");
    String next = LocalDate.now(ZoneOffset.UTC).plusDays(1).toString();
    return switch (kind) {
      case "files for directories" ->
          tree(file + today(), file + next, file + "tips", file + "other");
      case "links for directories" -> tree(link + today(), link + next, link + "tips");
      case "rubbish for entries" -> {
        String day = "040000 tree " + tree(file + key) + "\t";
        String tips = "040000 tree " + tree(file + "team-ml") + "\ttips";
        yield tree(day + today(), day + next, tips);
      }
      case "directories for entries" -> {
        String inner = "040000 tree " + tree(file + "x") + "\t";
        String day = "040000 tree " + tree(inner + key) + "\t";
        String tips = "040000 tree " + tree(inner + "team-ml") + "\ttips";
        yield tree(day + today(), day + next, tips);
      }
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private String broken(String kind) {
    return switch (kind) {
      case "a blob" -> blob("x");
      case "a tree" -> tree("100644 blob " + blob("x") + "\tx");
      case "a tag" -> {
        git.run("tag", "-a", "-m", "x", "theirs", "main");
        String tag = git.run("rev-parse", "theirs");
        git.run("tag", "-d", "theirs");
        yield tag;
      }
      default -> commit(rubbish(kind));
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a blob",
        "a tree",
        "a tag",
        "files for directories",
        "links for directories",
        "rubbish for entries",
        "directories for entries"
      })
  void whatPeopleMadeOfTheRefIsReplacedWithoutAnotherClone(String kind) {
    CommitResult first = gitops.commit(creation("team-ml", "first"), request("r0", "k0", "c"));
    git.run("update-ref", REQUESTS, broken(kind));
    gitops.repository.snapshots();
    server.forgetRequests();

    try (LoggedLines mirror =
        new LoggedLines("io.github.rayservice.scaffolder.gitops.transport.Mirror")) {
      gitops.repository.snapshots();
      CommitResult made = gitops.commit(creation("team-ml", "text-ml"), request("r1", "key", "c"));

      assertThat(gitops.commit(creation("team-ml", "text-ml"), request("r2", "key", "c")))
          .isEqualTo(made);
      assertThat(gitops.repository.authorship(ID, made.commit())).isEqualTo(Authorship.OWN);
      assertThat(gitops.commit(creation("team-ml", "first"), request("r0", "k0", "c")))
          .isEqualTo(first);
      assertThat(mirror.lines()).isEmpty();
    }
    assertThat(git.run("cat-file", "-t", REQUESTS)).isEqualTo("commit");
    // The reads of this test ask each time; a write asks for nothing more.
    assertThat(server.requests().stream().filter(FETCH::equals)).hasSize(2);
  }

  @Test
  void aRefThatIsNoCommitIsLoggedOnce() {
    gitops.commit(creation("team-ml", "first"));
    try (LoggedLines refs =
        new LoggedLines("io.github.rayservice.scaffolder.gitops.index.CommitRefs")) {
      String blob = blob("x");
      git.run("update-ref", REQUESTS, blob);

      gitops.repository.snapshots();
      gitops.repository.snapshots();
      gitops.commit(creation("team-ml", "text-ml"));

      assertThat(refs.lines())
          .containsExactly(
              REQUESTS
                  + " is the blob "
                  + blob
                  + " and no commit; it is passed over, and the next write there replaces it");
    }
  }

  /** Git itself refuses to make such a branch, so that its file is written here. */
  @Test
  void aBranchThatIsNoCommitProposesNothingAndIsReplaced() throws IOException {
    gitops.commit(creation("team-ml", "first"));
    Path ref = git.directory().resolve("refs/heads/rayservice/team-ml/text-ml");
    String blob = blob("x");
    Files.writeString(ref, blob + "\n");

    try (LoggedLines refs =
            new LoggedLines("io.github.rayservice.scaffolder.gitops.index.CommitRefs");
        LoggedLines mirror =
            new LoggedLines("io.github.rayservice.scaffolder.gitops.transport.Mirror")) {
      assertThat(gitops.repository.openProposals())
          .containsOnlyKeys(new RayServiceId("team-ml", "first"));
      gitops.commit(creation("team-ml", "other"));
      assertThat(gitops.commit(creation("team-ml", "text-ml")).outcome())
          .isEqualTo(CommitResult.Outcome.CREATED);

      assertThat(refs.lines()).hasSize(1).first().asString().contains(ID + " is the blob " + blob);
      assertThat(mirror.lines()).isEmpty();
    }
    assertThat(git.lines("log", "--format=%s", "main..rayservice/team-ml/text-ml"))
        .containsExactly("Create Ray Service team-ml/text-ml");
  }

  private String entry(String key) {
    return git.run("show", REQUESTS + ":" + today() + "/" + DigestUtils.sha256Hex(key));
  }

  /** Puts the text under the key, and keeps the proved tips. */
  private void forge(String key, String text) {
    String day = tree("100644 blob " + blob(text) + "\t" + DigestUtils.sha256Hex(key));
    String tips = git.run("rev-parse", REQUESTS + ":tips");
    git.run(
        "update-ref",
        REQUESTS,
        commit(tree("040000 tree " + day + "\t" + today(), "040000 tree " + tips + "\ttips")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"of another key", "changed", "without a proof"})
  void anAnswerThatOthersWroteIsNone(String kind) {
    CommitResult real = gitops.commit(creation("team-ml", "text-ml"), request("r", "key", "c"));
    String entry = entry("key");
    switch (kind) {
      case "of another key" -> forge("other", entry);
      case "changed" -> forge("other", entry.replace(real.commit(), "0".repeat(40)));
      default -> forge("other", entry.lines().findFirst().orElseThrow());
    }

    CommitResult made = gitops.commit(creation("team-ml", "b"), request("r", "other", "c"));

    assertThat(made.id()).isEqualTo(new RayServiceId("team-ml", "b"));
    assertThat(git.run("rev-parse", "rayservice/team-ml/b")).isEqualTo(made.commit());
  }

  @Test
  void aTipThatOthersWroteIsNotOurs() {
    gitops.commit(creation("team-ml", "text-ml"));
    String branch = "refs/heads/rayservice/team-ml/text-ml";
    String own = git.run("rev-parse", branch);
    String theirs = git.run("commit-tree", "-p", own, "-m", "Theirs", own + "^{tree}");
    git.run("update-ref", branch, theirs);
    String tips = git.run("show", REQUESTS + ":tips/team-ml").replace(own, theirs) + "\n";
    String directory = tree("100644 blob " + blob(tips) + "\tteam-ml");
    git.run("update-ref", REQUESTS, commit(tree("040000 tree " + directory + "\ttips")));

    assertThat(gitops.repository.authorship(ID, theirs)).isEqualTo(Authorship.FOREIGN);
    String next = gitops.commit(handOver(ID, "bob")).commit();
    assertThat(gitops.repository.authorship(ID, next)).isEqualTo(Authorship.MIXED);
  }

  @Test
  void theSameTokenProvesAnswersOfAnotherReplicaAndAnotherTokenDoesNot() {
    CommitResult made = gitops.commit(creation("team-ml", "text-ml"), request("r", "key", "c"));

    Stream.of("token", "another")
        .forEach(token -> {
          try (GitopsFixture other = open("mirrors-" + token, token)) {
            assertThat(other.repository.authorship(ID, made.commit()))
                .isEqualTo(token.equals("token") ? Authorship.OWN : Authorship.FOREIGN);
          }
        });
    assertThat(git.run("show", REQUESTS + ":tips/team-ml")).doesNotContain("token");
  }
}
