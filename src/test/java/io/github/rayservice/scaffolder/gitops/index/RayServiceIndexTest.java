package io.github.rayservice.scaffolder.gitops.index;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index follows whatever people push. */
class RayServiceIndexTest {
  @TempDir Path folder;
  private GitopsFixture gitops;
  private GitCommand person;

  @BeforeEach
  void open() {
    gitops = GitopsFixture.in(folder.resolve("gitops.git"));
    for (String name : new String[] {"a", "b", "c", "d"}) {
      gitops.commit(creation("team-ml", name));
    }
    person = gitops.git.cloneInto(folder.resolve("clone"));
    assertThat(gitops.listed()).hasSize(4);
    gitops.filesRead();
  }

  @AfterEach
  void close() {
    gitops.close();
  }

  private Path write(String path, String text) throws IOException {
    Path file = person.directory().resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void oneChangeReadsOneFile() {
    gitops.commit(handOver(new RayServiceId("team-ml", "b"), "bob"));

    assertThat(entry("b").summary().orElseThrow().createdBy()).isEqualTo("bob");
    assertThat(gitops.filesRead()).isEqualTo(1);
  }

  @Test
  void aPushByHandIsRead() throws IOException {
    write("rayservices/team-x/pushed/rayservice.yaml", "pushed ray-pushed host eve");
    person.run("rm", "-rq", "rayservices/team-ml/a");
    person.run("mv", "rayservices/team-ml/b", "rayservices/team-ml/moved");
    person.publish("By hand");

    assertThat(gitops.listed())
        .containsExactly("team-ml/c", "team-ml/d", "team-ml/moved", "team-x/pushed");
    assertThat(gitops.filesRead()).isEqualTo(2);
    InstanceSummary same = new InstanceSummary("x", "ray-pushed", "host", "ann");
    assertThatThrownBy(() -> gitops.commit(creation(new RayServiceId("team-ml", "x"), same)))
        .isInstanceOf(GitopsException.Conflict.class)
        .hasMessageContaining("team-x/pushed");
  }

  @Test
  void aFileThatIsNoRayServiceIsListedWithItsProblem() throws IOException {
    write("rayservices/team-ml/a/rayservice.yaml", "nonsense");
    Files.write(
        person.directory().resolve("rayservices/team-ml/b/rayservice.yaml"),
        new byte[] {(byte) 0xc3, 0x28});
    person.run("rm", "-q", "rayservices/team-ml/c/rayservice.yaml");
    write("rayservices/team-ml/d/rayservice.yaml", "x".repeat((1 << 20) + 1));
    person.publish("By hand");

    assertThat(entry("a").problem()).contains("not four words");
    assertThat(entry("b").problem())
        .contains("rayservice.yaml is no plain UTF-8 text file below 1 MiB");
    assertThat(entry("c").problem()).contains("has no rayservice.yaml");
    assertThat(entry("d").problem())
        .contains("rayservice.yaml is no plain UTF-8 text file below 1 MiB");
    assertThat(gitops.listed()).hasSize(4);
  }

  @Test
  void theClaimsOfAMalformedOneAreFreeUntilItIsFixed() throws IOException {
    write("rayservices/team-ml/a/rayservice.yaml", "nonsense");
    person.publish("Break");
    InstanceSummary held = GitopsFixture.summary(new RayServiceId("team-ml", "a"));
    gitops.commit(creation(new RayServiceId("team-b", "x"), held));

    person.run("pull", "-q", "--rebase");
    person.run("revert", "--no-edit", "HEAD~1");
    person.run("push", "-q", "origin", "HEAD:main");

    RayServiceId third = new RayServiceId("team-c", "x");
    assertThatThrownBy(() -> gitops.commit(creation(third, held)))
        .isInstanceOf(GitopsException.Conflict.class);
    assertThat(gitops.listed()).contains("team-b/x", "team-ml/a");
  }

  @Test
  void otherDirectoriesAreIgnored() throws IOException {
    write("rayservices/README.md", "x");
    write("rayservices/team-ml/README.md", "x");
    write("rayservices/Team_ML/x/rayservice.yaml", "x");
    write("rayservices/team-ml/a/sub/rayservice.yaml", "x");
    write("other/team-ml/z/rayservice.yaml", "x");
    person.publish("By hand");

    assertThat(gitops.listed()).containsExactly("team-ml/a", "team-ml/b", "team-ml/c", "team-ml/d");
  }

  @Test
  void aRewrittenHistoryIsFollowed() throws IOException {
    person.run("checkout", "-q", "--orphan", "fresh");
    person.run("rm", "-rqf", "rayservices/team-ml/a", "rayservices/team-ml/b");
    person.run("commit", "-q", "-m", "Squash");
    gitops.git.run("config", "receive.denyNonFastForwards", "false");
    person.run("push", "-qf", "origin", "HEAD:main");

    assertThat(gitops.listed()).containsExactly("team-ml/c", "team-ml/d");
    assertThat(gitops.filesRead()).isZero();
    assertThat(
            gitops
                .repository
                .find(new RayServiceId("team-ml", "c"))
                .lastChange()
                .orElseThrow()
                .commit())
        .isEqualTo(person.run("rev-parse", "HEAD"));
  }

  @Test
  void aMergeIsFollowed() throws IOException {
    person.run("checkout", "-q", "-b", "side");
    write("rayservices/team-ml/e/rayservice.yaml", "e ray-e host eve");
    person.run("add", "-A");
    person.run("commit", "-q", "-m", "Add e");
    gitops.commit(creation("team-ml", "f"), request("f"));
    person.run("checkout", "-q", "-B", "main", "origin/main");
    person.run("pull", "-q");
    person.run("merge", "-q", "--no-ff", "-m", "Merge side", "side");
    person.run("push", "-q", "origin", "HEAD:main");

    assertThat(gitops.listed()).hasSize(6).contains("team-ml/e", "team-ml/f");
    Optional<CommitResult> f =
        gitops.repository.find(new RayServiceId("team-ml", "f")).lastChange();
    assertThat(f.orElseThrow().requestId()).contains("f");
  }

  @Test
  void aReaderKeepsTheSnapshotThatItHas() {
    Snapshot before = gitops.repository.accepted();

    gitops.commit(creation("team-ml", "later"));

    assertThat(before.services()).hasSize(4);
    assertThat(gitops.repository.accepted().services()).hasSize(5);
  }

  @Test
  void theListGoesOnBehindAPosition() {
    assertThat(gitops.repository.accepted().after(new RayServiceId("team-ml", "bb")))
        .extracting(e -> e.id().name())
        .containsExactly("c", "d");
  }

  private IndexEntry entry(String name) {
    return gitops.repository.accepted().find(new RayServiceId("team-ml", name)).orElseThrow();
  }
}
