package io.github.rayservice.scaffolder.gitlab;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The configured project. Its settings are checked at the start. */
@ApplicationScoped
public class GitlabProject {
  /** GitLab's rule for a project's path, without the reserved suffixes of its parts. */
  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+");

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final GitlabConfig config;
  private final Optional<Settings> settings;

  public GitlabProject(GitlabConfig config) {
    this.config = config;
    this.settings = config.url().map(url -> settings(url, config));
  }

  /**
   * URLs and credentials of the project.
   *
   * @param url URL of GitLab, without a slash at its end
   * @param path path of the project, without a slash at either end
   * @param repository URL of the Git repository, https or ssh
   */
  public record Settings(String url, String path, String token, String repository) {
    @Override
    public String toString() {
      return url + "/" + path;
    }
  }

  /** Empty when no GitLab is configured. */
  public Optional<Settings> settings() {
    return settings;
  }

  public GitlabConfig.Mode mode() {
    return config.mode();
  }

  private static Settings settings(URI address, GitlabConfig config) {
    String url = address.toString().replaceAll("/+$", "");
    String host = String.valueOf(address.getHost());
    boolean https = "https".equals(address.getScheme());
    boolean local = "http".equals(address.getScheme()) && LOOPBACK.contains(host);
    require(
        (https || local) && address.getRawUserInfo() == null && address.getRawQuery() == null,
        "scaffolder.gitlab.url",
        "must be an https URL without user name, password and query, because the token is sent to it");
    String path = config.project().orElse("");
    require(
        PATH.matcher(path).matches(),
        "scaffolder.gitlab.project",
        "must be the path of a project, such as platform/gitops, when scaffolder.gitlab.url is set");
    String token = config.token().map(String::strip).orElse("");
    require(
        !token.isEmpty(),
        "scaffolder.gitlab.token",
        "must be an access token of the project when scaffolder.gitlab.url is set");
    return new Settings(url, path, token, config.repository().orElse(url + "/" + path + ".git"));
  }

  private static void require(boolean valid, String property, String rule) {
    if (!valid) {
      throw new IllegalStateException(property + " " + rule);
    }
  }
}
