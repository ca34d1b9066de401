package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.UpstreamAround;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that arrive while a push is under way, on a real Git server. */
@Execution(ExecutionMode.CONCURRENT)
class GroupCommitTest {
  @TempDir Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch firstPushBegan = new CountDownLatch(1);
  private final CountDownLatch firstPushMayGoOn = new CountDownLatch(1);
  private final List<GitopsFixture> opened = new ArrayList<>();
  private GitServer server;
  private GitCommand git;

  @BeforeEach
  void start() throws IOException {
    server = GitServer.start(folder.resolve("server"));
    git = server.create("platform/gitops");
  }

  private GitopsFixture open(boolean proposes, Runnable beforePush) {
    Remote.Login login = new Remote.Login("oauth2", "token");
    GitopsFixture gitops =
        GitopsFixture.of(
            new Remote(server.urlOf("platform/gitops"), Optional.of(login)),
            proposes,
            folder.resolve("mirrors-" + opened.size()),
            Map.of(),
            git,
            real -> new UpstreamAround(real, beforePush, () -> {}));
    opened.add(gitops);
    return gitops;
  }

  @AfterEach
  void stop() {
    threads.shutdown();
    opened.forEach(GitopsFixture::close);
    server.close();
    git.check();
  }

  private void holdFirstPush() {
    firstPushBegan.countDown();
    try {
      firstPushMayGoOn.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private long pushes() {
    return server.requests().stream()
        .filter(r -> r.startsWith("POST") && r.endsWith("/git-receive-pack"))
        .count();
  }

  /** Sends one change, and the others while its push is under way. */
  private List<Future<CommitResult>> together(
      GitopsFixture gitops, Change first, List<Change> others) throws InterruptedException {
    List<Future<CommitResult>> answers = new ArrayList<>();
    answers.add(threads.submit(() -> gitops.commit(first, request("r", "key-first", "first"))));
    firstPushBegan.await();
    for (Change other : others) {
      String name = "key-" + answers.size();
      answers.add(threads.submit(() -> gitops.commit(other, request(name, name, name))));
      while (gitops.meters.get("scaffolder.git.waiting").gauge().value() < answers.size() - 1) {
        Thread.sleep(5);
      }
    }
    firstPushMayGoOn.countDown();
    return answers;
  }

  /** Each process sends it several times; whichever is first answers for all. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameKeyAtOnceThroughTwoProcessesIsOneCommit(boolean proposes) throws Exception {
    List<GitopsFixture> replicas = List.of(open(proposes, () -> {}), open(proposes, () -> {}));
    CountDownLatch start = new CountDownLatch(1);
    List<Future<CommitResult>> answers =
        IntStream.range(0, 8)
            .mapToObj(n ->
                threads.submit(() -> {
                  start.await();
                  return replicas
                      .get(n % 2)
                      .commit(creation("team-ml", "one"), request("r" + n, "key", "one"));
                }))
            .toList();

    start.countDown();

    CommitResult first = answers.getFirst().get();
    for (Future<CommitResult> answer : answers) {
      assertThat(answer.get()).isEqualTo(first);
    }
    assertThat(git.lines("log", "--format=%s", first.branch()))
        .containsExactly("Create Ray Service team-ml/one", "Initial commit");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestsDuringAPushShareTheNextPush(boolean proposes) throws Exception {
    GitopsFixture gitops = open(proposes, this::holdFirstPush);
    List<Change> others =
        IntStream.range(0, 20).<Change>mapToObj(n -> creation("team-ml", "s" + n)).toList();

    List<Future<CommitResult>> answers = together(gitops, creation("team-ml", "first"), others);

    for (Future<CommitResult> answer : answers) {
      CommitResult result = answer.get();
      assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
      assertThat(git.run("log", "-1", "--format=%s", result.commit()))
          .isEqualTo("Create Ray Service " + result.id());
      assertThat(result.branch()).isEqualTo(proposes ? "rayservice/" + result.id() : "main");
    }
    assertThat(pushes()).isEqualTo(2);
    assertThat(git.lines("for-each-ref", "refs/heads/rayservice")).hasSize(proposes ? 21 : 0);
    assertThat(git.run("rev-list", "--count", "main")).isEqualTo(proposes ? "1" : "22");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConflictWithinAGroupLeavesTheOthers(boolean proposes) throws Exception {
    GitopsFixture gitops = open(proposes, this::holdFirstPush);
    RayServiceId second = new RayServiceId("team-b", "other");
    InstanceSummary taken = GitopsFixture.summary(new RayServiceId("team-ml", "a"));

    List<Future<CommitResult>> answers =
        together(
            gitops,
            creation("team-ml", "first"),
            List.of(creation("team-ml", "a"), creation(second, taken), creation("team-ml", "b")));

    assertThat(answers.get(1).get().outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(answers.get(3).get().outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThatThrownBy(() -> answers.get(2).get())
        .hasCauseInstanceOf(GitopsException.Conflict.class)
        .hasMessageContaining("is held by the Ray Service team-ml/a");
    assertThat(pushes()).isEqualTo(2);
  }

  @Test
  void ofAGroupThatTheServerRefusesEachGetsItsOwnAnswer() throws Exception {
    GitServer.hook(
        git,
        "update",
        """
        case "$1" in *forbidden*) echo "GitLab: not this one" >&2; exit 1;; esac
        """);
    GitopsFixture gitops = open(true, this::holdFirstPush);

    List<Future<CommitResult>> answers =
        together(
            gitops,
            creation("team-ml", "first"),
            List.of(creation("team-ml", "a"), creation("team-ml", "forbidden")));

    assertThat(answers.get(1).get().outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThatThrownBy(() -> answers.get(2).get())
        .hasCauseInstanceOf(GitopsException.Refused.class)
        .hasMessageContaining("GitLab: not this one");
    assertThat(git.lines("for-each-ref", "--format=%(refname)", "refs/heads/rayservice"))
        .containsExactly("refs/heads/rayservice/team-ml/a", "refs/heads/rayservice/team-ml/first");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fiftyCreatesThroughTwoReplicasAreAllCommittedOnce(boolean proposes) throws Exception {
    List<GitopsFixture> replicas = List.of(open(proposes, () -> {}), open(proposes, () -> {}));

    List<Future<CommitResult>> answers =
        IntStream.range(0, 50)
            .mapToObj(n ->
                threads.submit(() ->
                    replicas
                        .get(n % 2)
                        .commit(creation("team-" + n % 5, "s" + n), request("r" + n, "k" + n, ""))))
            .toList();

    for (Future<CommitResult> answer : answers) {
      assertThat(answer.get().outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    }
    assertThat(git.lines("for-each-ref", "refs/heads/rayservice")).hasSize(proposes ? 50 : 0);
    assertThat(git.run("rev-list", "--count", "main")).isEqualTo(proposes ? "1" : "51");
  }

  @Test
  void ofTwoProcessesThatProposeTheSameUrlPathOneWins() throws Exception {
    List<GitopsFixture> replicas = List.of(open(true, () -> {}), open(true, () -> {}));
    InstanceSummary same = new InstanceSummary("path", "ray-a", "host", "ann");

    replicas.get(0).commit(creation(new RayServiceId("team-a", "x"), same));

    assertThatThrownBy(() ->
            replicas
                .get(1)
                .commit(
                    creation(
                        new RayServiceId("team-b", "y"),
                        new InstanceSummary("path", "ray-b", "host", "bob"))))
        .isInstanceOfSatisfying(
            GitopsException.Conflict.class,
            conflict -> {
              assertThat(conflict.heldBy().branch()).isEqualTo("rayservice/team-a/x");
              assertThat(conflict.heldBy().createdBy()).isEqualTo("ann");
            });
  }

  @Test
  void anUpdateOfAnOpenProposalIsOneMoreCommitOnIt() {
    GitopsFixture gitops = open(true, () -> {});
    RayServiceId id = new RayServiceId("team-ml", "text-ml");
    gitops.commit(creation("team-ml", "text-ml"));

    CommitResult update = gitops.commit(handOver(id, "bob"));
    CommitResult again = gitops.commit(handOver(id, "bob"));

    assertThat(again.commit()).isEqualTo(update.commit());
    assertThat(again.outcome()).isEqualTo(CommitResult.Outcome.UNCHANGED);
    assertThat(git.lines("log", "--format=%s", "main..rayservice/team-ml/text-ml"))
        .containsExactly(
            "Update Ray Service team-ml/text-ml", "Create Ray Service team-ml/text-ml");
  }
}
