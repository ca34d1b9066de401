package io.github.rayservice.scaffolder.gitops.object;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.deletion;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person put a link, a file or a submodule where a directory or a file of ours belongs. */
class UnsafePathTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");

  @TempDir Path folder;
  private GitopsFixture gitops;
  private GitCommand person;

  @BeforeEach
  void open() {
    gitops = GitopsFixture.in(folder.resolve("gitops.git"));
    person = gitops.git.cloneInto(folder.resolve("clone"));
  }

  @AfterEach
  void close() {
    gitops.close();
    gitops.git.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rayservices", "rayservices/team-ml", "rayservices/team-ml/text-ml"})
  void aSymbolicLinkOnTheWayIsRefused(String path) throws IOException {
    link(path);
    String before = gitops.git.run("rev-parse", "main");

    assertRefused(creation("team-ml", "text-ml"), path + " is a symbolic link");

    assertThat(gitops.git.run("rev-parse", "main")).isEqualTo(before);
  }

  @Test
  void aFileThatIsALinkIsRefused() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    person.run("pull", "-q");
    person.run("rm", "-q", "rayservices/team-ml/text-ml/rayservice.yaml");
    link("rayservices/team-ml/text-ml/rayservice.yaml");

    assertRefused(
        handOver(ID, "bob"), "rayservices/team-ml/text-ml/rayservice.yaml is a symbolic link");
  }

  @Test
  void aFileOnTheWayIsRefused() throws IOException {
    Files.writeString(person.directory().resolve("rayservices"), "a file");
    person.publish("A file");

    assertRefused(creation("team-ml", "text-ml"), "rayservices is a file");
  }

  @Test
  void aSubmoduleOnTheWayIsRefused() throws IOException {
    String commit = person.run("rev-parse", "HEAD");
    person.run("update-index", "--add", "--cacheinfo", "160000," + commit + ",rayservices/team-ml");
    person.run("commit", "-q", "-m", "A submodule");
    person.run("push", "-q", "origin", "HEAD:main");

    assertRefused(creation("team-ml", "text-ml"), "rayservices/team-ml is a submodule");
  }

  @Test
  void aDirectoryInPlaceOfAFileIsRefused() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    person.run("pull", "-q");
    Path file = person.directory().resolve(ID.directory()).resolve("rayservice.yaml");
    Files.delete(file);
    Files.createDirectory(file);
    Files.writeString(file.resolve("x"), "x");
    person.publish("A directory");

    assertRefused(
        handOver(ID, "bob"), "rayservices/team-ml/text-ml/rayservice.yaml is a directory");
  }

  @Test
  void aDirectoryWithALinkInItCanBeDeleted() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    person.run("pull", "-q");
    link("rayservices/team-ml/text-ml/link");

    gitops.commit(deletion(ID));

    assertThat(gitops.git.lines("ls-tree", "--name-only", "main")).containsExactly("README.md");
  }

  private void link(String path) throws IOException {
    Path link = person.directory().resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, folder.resolve("outside"));
    person.publish("A link");
  }

  private void assertRefused(Change change, String reason) {
    String message =
        reason + " in the GitOps repository; nothing is written there until somebody removes it";
    assertThatThrownBy(() -> gitops.commit(change))
        .isInstanceOf(GitopsException.UnsafePath.class)
        .hasMessage(message);
    assertThatThrownBy(() -> gitops.preview(change))
        .isInstanceOf(GitopsException.UnsafePath.class)
        .hasMessage(message);
  }
}
