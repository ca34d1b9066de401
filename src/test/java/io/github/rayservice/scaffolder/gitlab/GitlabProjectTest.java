package io.github.rayservice.scaffolder.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitlabProjectTest {
  private static final Map<String, String> COMPLETE =
      Map.of(
          "scaffolder.gitlab.url", "https://gitlab.company.com/",
          "scaffolder.gitlab.project", "platform/teams/gitops",
          "scaffolder.gitlab.token", "glpat-canary-0123456789");

  private static GitlabProject project(Map<String, String> settings) {
    return new GitlabProject(GitlabFixture.config(settings), () -> false);
  }

  @Test
  void withoutAUrlGitlabIsNotConfigured() {
    assertThat(project(Map.of()).settings()).isEmpty();
  }

  @Test
  void theRepositoryUrlIsDerivedFromTheProject() {
    assertThat(project(COMPLETE).settings().orElseThrow().repository())
        .isEqualTo("https://gitlab.company.com/platform/teams/gitops.git");
  }

  @Test
  void aProjectMayBeItsNumberWhereTheRepositoryIsGiven() {
    assertThatThrownBy(() -> projectWith("project", "42"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("scaffolder.gitlab.repository must be the address")
        .hasMessageContaining("scaffolder.gitlab.project is a number");

    String repository = "https://gitlab.company.com/platform/gitops.git";
    GitlabProject.Settings settings =
        projectWith("project", "42", "repository", repository).settings().orElseThrow();
    assertThat(settings.path()).isEqualTo("42");
    assertThat(settings.repository()).isEqualTo(repository);
  }

  @Test
  void theTextFormContainsNoToken() {
    assertThat(project(COMPLETE).settings().toString()).doesNotContain("canary");
  }

  @ParameterizedTest
  @CsvSource({
    "url,http://gitlab.company.com,scaffolder.gitlab.url must be an https URL",
    "url,https://me:secret@gitlab.company.com,scaffolder.gitlab.url must be an https URL",
    "url,ftp://gitlab.company.com,scaffolder.gitlab.url must be an https URL",
    "project,gitops,scaffolder.gitlab.project must be the path of a project",
    "project,platform/../gitops?x,scaffolder.gitlab.project must be the path of a project",
    "project,,scaffolder.gitlab.project must be the path of a project",
    "token,,scaffolder.gitlab.token must be an access token",
  })
  void theMessageNamesTheInvalidSetting(String setting, String value, String message) {
    Map<String, String> settings = new HashMap<>(COMPLETE);
    settings.remove("scaffolder.gitlab." + setting);
    if (value != null) {
      settings.put("scaffolder.gitlab." + setting, value);
    }

    assertThatThrownBy(() -> project(settings))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("secret");
  }

  private static GitlabProject projectWith(String... settings) {
    Map<String, String> all = new HashMap<>(COMPLETE);
    for (int i = 0; i < settings.length; i += 2) {
      all.put("scaffolder.gitlab." + settings[i], settings[i + 1]);
    }
    return project(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://gitlab.company.com/platform/gitops.git",
        "https://GITLAB.company.com:8443/platform/gitops.git",
        "ssh://git@gitlab.company.com:2222/platform/gitops.git",
        "git@gitlab.company.com:platform/gitops.git",
      })
  void theRepositoryIsOnTheHostOfGitlab(String repository) {
    assertThat(projectWith("repository", repository).settings().orElseThrow().repository())
        .isEqualTo(repository);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://git.company.com/platform/gitops.git",
        "https://gitlab.company.com.other.org/platform/gitops.git",
        "ssh://git@git.company.com:2222/platform/gitops.git",
        "git@git.company.com:platform/gitops.git",
      })
  void aRepositoryOnAnotherHostIsRefusedUntilTheHostIsNamed(String repository) {
    assertThatThrownBy(() -> projectWith("repository", repository))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("scaffolder.gitlab.repository must be on gitlab.company.com")
        .hasMessageContaining("scaffolder.gitlab.repository-host");

    String host =
        repository.contains("other.org") ? "gitlab.company.com.other.org" : "git.company.com";
    assertThat(projectWith("repository", repository, "repository-host", host).settings())
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://gitlab.company.com/platform/gitops.git",
        "https://oauth2:secret@gitlab.company.com/platform/gitops.git",
        "git://gitlab.company.com/platform/gitops.git",
        "file:///srv/gitops.git",
        "/srv/gitops.git",
        "https://gitlab company.com/secret",
      })
  void aRepositoryThatIsNotProtectedOnTheWayIsRefused(String repository) {
    assertThatThrownBy(() -> projectWith("repository", repository))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("scaffolder.gitlab.repository must be an https")
        .hasMessageNotContaining("secret");
  }
}
