package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.UpstreamAround;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody pushes between our look at the branch and our move of it. */
class CompetitionTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");
  private static final Map<String, String> THREE_ATTEMPTS =
      Map.of("scaffolder.git.attempts", "3", "scaffolder.git.longest-pause", "5ms");

  @TempDir Path folder;
  private final AtomicInteger pushesLeft = new AtomicInteger();
  private Runnable push = () -> {};
  private GitopsFixture gitops;
  private GitCommand rival;

  @BeforeEach
  void open() {
    gitops =
        GitopsFixture.in(
            folder.resolve("gitops.git"),
            THREE_ATTEMPTS,
            Clock.systemUTC(),
            real -> new UpstreamAround(real, this::letRivalBeFirst, () -> {}));
    rival = gitops.git.cloneInto(folder.resolve("rival"));
  }

  private void letRivalBeFirst() {
    if (pushesLeft.getAndDecrement() > 0) {
      push.run();
    }
  }

  private void write(String path, String text) {
    try {
      Path file = rival.directory().resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      rival.run("pull", "-q", "--rebase");
      rival.publish("By a rival");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    gitops.close();
    gitops.git.check();
  }

  @Test
  void aLostRaceIsRunAgainOnTopOfTheWinner() {
    pushesLeft.set(2);
    push = () -> write("rival-" + pushesLeft.get(), "x");

    CommitResult result = gitops.commit(creation("team-ml", "text-ml"), request("r", "key", ""));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(gitops.retries()).isEqualTo(2);
    assertThat(gitops.git.lines("log", "--format=%s", "main"))
        .containsExactly(
            "Create Ray Service team-ml/text-ml",
            "By a rival",
            "By a rival",
            "Begin the GitOps repository");
  }

  @Test
  void usedUpAttemptsAreAnErrorAndWriteNothing() {
    pushesLeft.set(100);
    push = () -> write("rival-" + pushesLeft.get(), "x");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml"), request("r", "key", "")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessage(
            "the branch main moved 3 times while team-ml/text-ml was being written; nothing was written");

    assertThat(gitops.listed()).isEmpty();
    assertThat(gitops.git.run("for-each-ref", "refs/rayservice")).isEmpty();
    assertThat(gitops.git.lines("log", "--format=%an", "main"))
        .containsExactly("A Person", "A Person", "A Person", "rayservice-scaffolder");
  }

  @Test
  void theSecondIsRefusedAndTheFirstIsNamed() {
    pushesLeft.set(1);
    push =
        () -> write("rayservices/team-b/x/rayservice.yaml", "other ray-team-ml-text-ml host bob");

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOfSatisfying(
            GitopsException.Conflict.class,
            conflict -> assertThat(conflict.heldBy().createdBy()).isEqualTo("bob"));
  }

  @Test
  void anUpdateIsWorkedOutAgainFromWhatTheRivalWrote() {
    gitops.commit(creation("team-ml", "text-ml"));
    String seen = gitops.repository.find(ID).stored().orElseThrow().version();
    pushesLeft.set(1);
    push = () -> write("rayservices/team-ml/text-ml/notes.txt", "by hand");

    assertThatThrownBy(() -> gitops.commit(handOver(ID, "bob", seen)))
        .isInstanceOf(GitopsException.Stale.class);

    gitops.commit(handOver(ID, "bob"));
    assertThat(gitops.repository.find(ID).stored().orElseThrow().files())
        .containsEntry("notes.txt", "by hand")
        .containsEntry("rayservice.yaml", "team-ml-text-ml ray-team-ml-text-ml host bob\n");
  }

  @Test
  void aBranchUnderALockIsTriedAgainAndNeverForced() throws IOException {
    String before = gitops.git.run("rev-parse", "main");
    Path lock = gitops.git.directory().resolve("refs/heads/main.lock");
    Files.createFile(lock);

    assertThatThrownBy(() -> gitops.commit(creation("team-ml", "text-ml")))
        .isInstanceOf(GitopsException.Unavailable.class);

    Files.delete(lock);
    assertThat(gitops.git.run("rev-parse", "main")).isEqualTo(before);
    assertThat(gitops.commit(creation("team-ml", "text-ml")).outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
  }
}
