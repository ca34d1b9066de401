package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.deletion;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key names one request, for as long as Git remembers it. */
class IdempotencyTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-23T23:59:00Z");
  private GitopsFixture gitops;
  private GitCommand git;

  @BeforeEach
  void open() {
    InstantSource time = () -> now;
    Clock clock = time.withZone(ZoneOffset.UTC);
    gitops = GitopsFixture.in(folder.resolve("gitops.git"), Map.of(), clock, up -> up);
    git = gitops.git;
  }

  @AfterEach
  void close() {
    gitops.close();
    git.check();
  }

  private String commits() {
    return git.run("rev-list", "--count", "main");
  }

  @Test
  void theSameKeyGetsTheSameAnswerAfterARestart() {
    CommitResult first = gitops.commit(creation("team-ml", "text-ml"), request("r1", "key", "c"));
    gitops.commit(handOver(ID, "bob"), request("r2", "key-2", "u"));

    gitops.close();
    open();

    assertThat(gitops.commit(creation("team-ml", "text-ml"), request("r3", "key", "c")))
        .isEqualTo(first);
    assertThat(commits()).isEqualTo("3");
  }

  @Test
  void everyKindOfChangeIsRememberedEvenWhenItsServiceIsGone() {
    CommitResult created = gitops.commit(creation("team-ml", "text-ml"), request("r", "k1", "c"));
    CommitResult updated = gitops.commit(handOver(ID, "bob"), request("r", "k2", "u"));
    CommitResult unchanged = gitops.commit(handOver(ID, "bob"), request("r", "k3", "u"));
    CommitResult deleted = gitops.commit(deletion(ID), request("r", "k4", "d"));

    assertThat(gitops.commit(creation("team-ml", "text-ml"), request("r", "k1", "c")))
        .isEqualTo(created);
    assertThat(gitops.commit(handOver(ID, "bob"), request("r", "k2", "u"))).isEqualTo(updated);
    assertThat(gitops.commit(handOver(ID, "bob"), request("r", "k3", "u"))).isEqualTo(unchanged);
    assertThat(gitops.commit(deletion(ID), request("r", "k4", "d"))).isEqualTo(deleted);
    assertThat(unchanged.outcome()).isEqualTo(CommitResult.Outcome.UNCHANGED);
    assertThat(commits()).isEqualTo("4");
  }

  @Test
  void anotherRequestUnderTheSameKeyIsRefused() {
    gitops.commit(creation("team-ml", "text-ml"), request("r", "key", "c"));

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "b"), request("r", "key", "other")))
        .isInstanceOf(GitopsException.KeyReused.class);
    assertThat(commits()).isEqualTo("2");
  }

  @Test
  void aRefusedRequestLeavesItsKeyFree() {
    assertThatThrownBy(() -> gitops.commit(deletion(ID), request("r", "key", "d")))
        .isInstanceOf(GitopsException.NotFound.class);

    gitops.commit(creation("team-ml", "text-ml"), request("r", "key", "c"));

    assertThat(commits()).isEqualTo("2");
  }

  @Test
  void aKeyIsForgottenAfterItsTimeAndNotBefore() {
    gitops.commit(creation("team-ml", "text-ml"), request("r", "key", "c"));

    now = now.plus(Duration.ofDays(7));
    gitops.commit(creation("team-ml", "b"), request("r", "key-2", "c"));
    assertThatThrownBy(() -> gitops.commit(deletion(ID), request("r", "key", "other")))
        .isInstanceOf(GitopsException.KeyReused.class);

    now = now.plus(Duration.ofDays(1));
    gitops.commit(creation("team-ml", "c"), request("r", "key-3", "c"));
    assertThat(git.lines("ls-tree", "--name-only", "refs/rayservice/requests"))
        .containsExactly("2026-11-30", "2026-12-01");
    assertThat(gitops.commit(deletion(ID), request("r", "key", "other")).outcome())
        .isEqualTo(CommitResult.Outcome.DELETED);
  }

  @Test
  void aCloneDoesNotSeeTheLog() {
    gitops.commit(creation("team-ml", "text-ml"), request("r", "secret-looking-key", "c"));

    GitCommand clone = git.cloneInto(folder.resolve("clone"));

    assertThat(clone.run("for-each-ref", "--format=%(refname)")).doesNotContain("refs/rayservice");
    assertThat(git.run("ls-tree", "-r", "refs/rayservice/requests")).doesNotContain("secret");
  }
}
