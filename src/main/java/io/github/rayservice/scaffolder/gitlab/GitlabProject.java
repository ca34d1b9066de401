package io.github.rayservice.scaffolder.gitlab;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The configured project, checked once. */
@ApplicationScoped
public class GitlabProject {
  /** GitLab's rule for the parts of a path, without their reserved endings. */
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
   * What is needed to reach the project.
   *
   * @param url without a slash at its end
   * @param path of the project, without a slash at either end
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
    boolean secret = "https".equals(address.getScheme());
    boolean local = "http".equals(address.getScheme()) && LOOPBACK.contains(host);
    require(
        (secret || local) && address.getRawUserInfo() == null && address.getRawQuery() == null,
        "scaffolder.gitlab.url",
        "must be an https address without user name, password and query, because the token is sent there");
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

  private static void require(boolean fine, String property, String rule) {
    if (!fine) {
      throw new IllegalStateException(property + " " + rule);
    }
  }
}
