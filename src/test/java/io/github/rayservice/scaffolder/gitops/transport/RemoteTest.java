package io.github.rayservice.scaffolder.gitops.transport;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.deletion;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.UpstreamAround;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import io.github.rayservice.scaffolder.testsupport.gitlab.PushHooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits to a branch of a real Git server over HTTP. */
@Execution(ExecutionMode.CONCURRENT)
class RemoteTest {
  private static final String TOKEN = "glpat-canary-0123456789";
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");

  @TempDir Path folder;
  private GitServer server;
  private GitCommand git;
  private GitopsFixture gitops;
  private Runnable beforePush = () -> {};

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    server.acceptTokens(TOKEN::equals);
    git = server.create("platform/gitops");
    gitops = open(Map.of());
  }

  private GitopsFixture open(Map<String, String> settings) {
    UnaryOperator<Upstream> around =
        real -> new UpstreamAround(real, () -> beforePush.run(), () -> {});
    return GitopsFixture.of(
        new Remote(server.urlOf("platform/gitops"), Optional.of(new Remote.Login("oauth2", TOKEN))),
        false,
        folder.resolve("mirrors"),
        settings,
        git,
        around);
  }

  @AfterEach
  void stop() {
    gitops.close();
    server.close();
    git.check();
  }

  @Test
  void commitsAreOnTheServer() {
    CommitResult created = gitops.commit(creation("team-ml", "text-ml"));
    gitops.commit(handOver(ID, "bob"));

    assertThat(created.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(git.services()).containsExactly("team-ml/text-ml");
    assertThat(git.run("show", "main:rayservices/team-ml/text-ml/rayservice.yaml"))
        .isEqualTo("team-ml-text-ml ray-team-ml-text-ml host bob");

    gitops.commit(deletion(ID));
    assertThat(git.lines("log", "--format=%s", "main"))
        .containsExactly(
            "Delete Ray Service team-ml/text-ml",
            "Update Ray Service team-ml/text-ml",
            "Create Ray Service team-ml/text-ml",
            "Initial commit");
  }

  private static final String LOOK = "GET /platform/gitops.git/info/refs?service=git-receive-pack";
  private static final String PUSH = "POST /platform/gitops.git/git-receive-pack";

  @Test
  void aDeployIsOneLookAndOnePush() {
    gitops.repository.accepted();
    server.forgetRequests();

    gitops.commit(creation("team-ml", "first"));

    assertThat(server.requests()).containsExactly(LOOK, PUSH);
  }

  @Test
  void aBranchThatIsGoneBringsNothingToFetch() throws IOException {
    git.run("update-ref", "refs/heads/rayservice/team-ml/old", "main");
    gitops.commit(creation("team-ml", "first"));
    git.run("update-ref", "-d", "refs/heads/rayservice/team-ml/old");
    gitops.repository.invalidate();
    server.forgetRequests();

    gitops.commit(creation("team-ml", "second"));

    assertThat(server.requests()).containsExactly(LOOK, PUSH);
    try (Stream<Path> mirrors = Files.list(folder.resolve("mirrors"))) {
      GitCommand mirror = new GitCommand(mirrors.findFirst().orElseThrow());
      assertThat(mirror.lines("for-each-ref", "--format=%(refname)"))
          .doesNotContain("refs/heads/rayservice/team-ml/old")
          .contains("refs/heads/main");
    }
  }

  @Test
  void aPushOfOthersIsReadBeforeAWrite() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    git.editByHand(folder.resolve("person"), "rayservices/team-ml/text-ml/notes.txt", "by hand");
    server.forgetRequests();

    gitops.commit(handOver(ID, "bob"));

    assertThat(server.requests()).startsWith(LOOK).endsWith(PUSH);
    assertThat(gitops.repository.find(ID).stored().orElseThrow().files())
        .containsEntry("notes.txt", "by hand");
    assertThat(gitops.retries()).isZero();
  }

  @Test
  void aBranchThatProposalsHaveLeftBehindIsNotBuiltUpon() {
    gitops.commit(creation("team-ml", "text-ml"));
    git.run("update-ref", "refs/heads/rayservice/team-ml/text-ml", "main");
    gitops.commit(creation("team-ml", "other"));

    gitops.commit(handOver(ID, "bob"));

    assertThat(git.lines("log", "--format=%s", "main"))
        .containsExactly(
            "Update Ray Service team-ml/text-ml",
            "Create Ray Service team-ml/other",
            "Create Ray Service team-ml/text-ml",
            "Initial commit");
  }

  @Test
  void aConflictWithAnUnfetchedBranchIsReported() throws IOException {
    gitops.commit(creation("team-ml", "settled"));
    git.editByHand(folder.resolve("person"), "rayservices/team-ml/text-ml/rayservice.yaml", "x");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Conflict.class);
  }

  @Test
  void aBranchRemovedOnTheServerHoldsNothing() {
    gitops.commit(creation("team-ml", "text-ml"));
    GitCommand rival = git.cloneInto(folder.resolve("rival"));
    rival.run("rm", "-r", "-q", "rayservices/team-ml/text-ml");
    rival.publish("Away with it");

    CommitResult result = gitops.commit(creation("team-ml", "text-ml"), request("r", "key", ""));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(git.services()).contains("team-ml/text-ml");
  }

  @Test
  void aNonFastForwardPushIsFetchedAndAppliedAgain() {
    GitCommand rival = git.cloneInto(folder.resolve("rival"));
    int[] pushes = {2};
    beforePush =
        () -> {
          if (pushes[0]-- > 0) {
            push(rival, "rival-" + pushes[0]);
          }
        };

    CommitResult result = gitops.commit(creation("team-ml", "text-ml"), request("r", "key", ""));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(gitops.retries()).isEqualTo(2);
    assertThat(git.lines("log", "--format=%s", "main"))
        .containsExactly(
            "Create Ray Service team-ml/text-ml", "By a rival", "By a rival", "Initial commit");
  }

  @Test
  void exhaustedAttemptsAreAnErrorAndWriteNothing() {
    gitops.close();
    gitops = open(Map.of("scaffolder.git.attempts", "3", "scaffolder.git.longest-pause", "5ms"));
    GitCommand rival = git.cloneInto(folder.resolve("rival"));
    int[] pushes = {0};
    beforePush = () -> push(rival, "rival-" + pushes[0]++);

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml"), request("r", "k", "")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessage(
            "the branch main moved 3 times while team-ml/text-ml was being written; nothing was written");

    beforePush = () -> {};
    assertThat(gitops.listed()).isEmpty();
    assertThat(git.run("for-each-ref", "refs/rayservice")).isEmpty();
  }

  private static void push(GitCommand rival, String file) {
    try {
      rival.run("pull", "-q", "--rebase", "origin", "main");
      Files.writeString(rival.directory().resolve(file), "x");
      rival.publish("By a rival");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aProtectedBranchIsReportedWithTheServersTextWithoutARetry() throws IOException {
    PushHooks.protect(git, Set.of("main"));

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Refused.class)
        .hasMessage(
            "the Git server refuses to move main: GitLab: You are not allowed to push code to protected branches on this project. (pre-receive hook declined)");

    assertThat(gitops.retries()).isZero();
    assertThat(
            server.requests().stream()
                .filter(r -> r.endsWith("/git-receive-pack") && r.startsWith("POST")))
        .hasSize(1);
  }

  @Test
  void anInvalidTokenIsReportedAsWrongExpiredOrRevoked() {
    server.acceptTokens(token -> false);

    assertThatThrownBy(() -> gitops.repository.probe())
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining(
            "the server does not accept the token; it is wrong, expired or revoked")
        .hasMessageNotContaining(TOKEN);
  }

  @Test
  void aReadOnlyTokenIsReportedWithTheScopeAndRoleItNeeds() {
    git.run("config", "http.receivepack", "false");

    assertThatThrownBy(() -> gitops.repository.probe())
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("it needs the scope write_repository and the role Developer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET .*=git-receive-pack", "POST .*/git-receive-pack"})
  void theServersReasonFor403IsToldWithoutAGuess(String call) {
    server.refuse(call, 403, "text/plain", "You can't push code to an\r\narchived project.");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Refused.class)
        .hasMessageContaining("You can't push code to an archived project.")
        .hasMessageNotContaining("scope");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET .*=git-receive-pack", "POST .*/git-receive-pack"})
  void maintenanceIsAnOutageInTheServersWords(String call) {
    server.refuse(
        call,
        403,
        "text/plain",
        "Git push is not allowed because this GitLab instance is currently in (read-only) maintenance mode.");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("currently in (read-only) maintenance mode.")
        .hasMessageNotContaining("scope");
  }

  @Test
  void aReadThatTheServerForbidsIsAnOutageInItsWords() {
    server.refuse(
        "GET .*=git-upload-pack", 403, "text/plain", "Your IP address is not allowed here.");

    assertThatThrownBy(() -> gitops.repository.accepted())
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("Your IP address is not allowed here.")
        .hasMessageNotContaining("scope");
  }

  @Test
  void thePageOfAProxyIsToldByItsTitle() {
    server.refuse(
        "GET .*=git-receive-pack",
        403,
        "text/html",
        "<html><head><title>Blocked</title></head>" + "x".repeat(100_000));

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("a page (Blocked)")
        .hasMessageNotContaining("<")
        .hasMessageNotContaining("xxx");
  }

  @Test
  void aLoginPageInPlaceOfGitIsTold() {
    server.redirect("GET .*=git-receive-pack", "https://sso.company.com/login?SAMLRequest=canary");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("https://sso.company.com/login answers in place of the Git server")
        .hasMessageNotContaining("canary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET .*=git-receive-pack", "GET .*=git-upload-pack"})
  void aLoginPageWithStatus200IsToldByItsTitle(String call) {
    server.refuse(call, 200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>");
    gitops.repository.invalidate();

    assertThatThrownBy(
            () -> {
              gitops.repository.accepted();
              gitops.commit(creation("team-ml", "text-ml"));
            })
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("a page (Sign in) answers 200 in place of the Git server")
        .hasMessageNotContaining("<");
  }

  @Test
  void aRepositoryThatMovedIsFollowed() {
    server.move("platform/gitops", "platform/renamed");

    assertThat(gitops.commit(creation("team-ml", "text-ml")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
  }

  @Test
  void anOutageIsReportedAndPasses() {
    gitops.commit(creation("team-ml", "text-ml"));
    server.fail(502);

    assertThatThrownBy(() -> gitops.commit(handOver(ID, "bob")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("502");

    server.fail(0);
    assertThat(gitops.commit(handOver(ID, "bob")).outcome())
        .isEqualTo(CommitResult.Outcome.UPDATED);
  }

  @Test
  void theTokenIsInNoMirrorFileAndNoUrl() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));

    try (Stream<Path> files = Files.walk(folder.resolve("mirrors"))) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .as(file.toString())
            .doesNotContain(TOKEN);
      }
    }
    assertThat(server.requests()).noneMatch(r -> r.contains(TOKEN));
    assertThat(new Remote("https://x/y.git", Optional.of(new Remote.Login("oauth2", TOKEN))))
        .asString()
        .doesNotContain(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"objects", "refs", "packed-refs", "HEAD", "everything"})
  void aCorruptMirrorIsDeletedAndClonedAgain(String part) throws IOException {
    gitops.commit(creation("team-ml", "first"));
    gitops.commit(creation("team-ml", "second"));
    gitops.close();
    damage(part);
    gitops = open(Map.of());

    assertThat(gitops.listed()).containsExactly("team-ml/first", "team-ml/second");
    assertThat(gitops.commit(creation("team-ml", "third")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);

    assertThat(git.services()).containsExactly("team-ml/first", "team-ml/second", "team-ml/third");
  }

  private void damage(String part) throws IOException {
    Path mirror;
    try (Stream<Path> mirrors = Files.list(folder.resolve("mirrors"))) {
      mirror = mirrors.findFirst().orElseThrow();
    }
    try (Stream<Path> files = Files.walk(mirror)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = mirror.relativize(file).toString();
        if (name.equals(part) || name.startsWith(part + "/") || part.equals("everything")) {
          Files.delete(file);
          Files.writeString(file, "garbage");
        }
      }
    }
  }

  @Test
  void anUnwritableMirrorDirectoryIsAnErrorUntilItIsWritable() throws IOException {
    Path mirrors = folder.resolve("mirrors");
    Files.writeString(mirrors, "a file where the directory belongs");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContaining("cannot keep a copy of")
        .hasMessageContaining(mirrors.toString());

    Files.delete(mirrors);
    assertThat(gitops.commit(creation("team-ml", "text-ml")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
  }
}
