package io.github.rayservice.scaffolder.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitlabProjectTest {
  private static final Map<String, String> COMPLETE =
      Map.of(
          "scaffolder.gitlab.url", "https://gitlab.company.com/",
          "scaffolder.gitlab.project", "platform/teams/gitops",
          "scaffolder.gitlab.token", "glpat-canary-0123456789");

  private static GitlabProject project(Map<String, String> settings) {
    return new GitlabProject(GitlabFixture.config(settings));
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
}
