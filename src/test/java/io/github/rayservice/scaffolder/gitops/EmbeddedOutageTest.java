package io.github.rayservice.scaffolder.gitops;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded repository cannot be written: an outage, until it can be written again. */
class EmbeddedOutageTest {
  @TempDir Path folder;

  @Test
  void aDirectoryThatCannotBeMadeIsAnErrorUntilItCan() throws IOException {
    Path file = Files.createFile(folder.resolve("data"));

    assertThatThrownBy(() -> GitopsFixture.in(file.resolve("gitops.git")))
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageStartingWith(
            "cannot open the GitOps repository " + file.resolve("gitops.git") + ": ");

    Files.delete(file);
    try (GitopsFixture gitops = GitopsFixture.in(file.resolve("gitops.git"))) {
      gitops.commit(creation("team-ml", "text-ml"));
    }
  }

  @Test
  void unwritableObjectsAreAnErrorUntilTheyAreWritable() throws IOException {
    Path repository = folder.resolve("gitops.git");
    try (GitopsFixture gitops = GitopsFixture.in(repository)) {
      gitops.commit(creation("team-ml", "a"));
      Path objects = repository.resolve("objects");
      Path aside = Files.move(objects, repository.resolve("aside"));
      Files.createFile(objects);

      assertThatThrownBy(gitops.repository::probe).isInstanceOf(GitopsException.Unavailable.class);
      assertThatThrownBy(() -> gitops.commit(creation("team-ml", "b")))
          .isInstanceOf(GitopsException.Unavailable.class);

      Files.delete(objects);
      Files.move(aside, objects);
      gitops.repository.probe();
      gitops.commit(creation("team-ml", "b"));
      assertThat(gitops.listed()).containsExactly("team-ml/a", "team-ml/b");
      gitops.git.check();
    }
  }

  @Test
  void aReadOnlyDirectoryIsAnOutage() throws IOException {
    assumeFalse(System.getProperty("user.name").equals("root"), "root writes everywhere");
    Path repository = folder.resolve("gitops.git");
    try (GitopsFixture gitops = GitopsFixture.in(repository)) {
      Path objects = repository.resolve("objects");
      Files.setPosixFilePermissions(objects, PosixFilePermissions.fromString("r-xr-xr-x"));

      assertThatThrownBy(gitops.repository::probe)
          .isInstanceOf(GitopsException.Unavailable.class)
          .hasMessageContaining("permission denied");

      Files.setPosixFilePermissions(objects, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
