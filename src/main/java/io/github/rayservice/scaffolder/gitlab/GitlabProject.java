package io.github.rayservice.scaffolder.gitlab;

import io.github.rayservice.scaffolder.TokenAddress;
import io.github.rayservice.scaffolder.TransportConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The configured project. Its settings are checked at the start. */
@ApplicationScoped
public class GitlabProject {
  /** GitLab's rule for a project's path, without the reserved suffixes of its parts. */
  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+");

  /** GitLab's number of a project. */
  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,17}");

  /** The short form of an SSH address: {@code git@host:path}. */
  private static final Pattern SCP = Pattern.compile("(?:[^@/:]+@)?([^@/:]+):(?!//).+");

  private static final String REPOSITORY = "scaffolder.gitlab.repository";

  private final GitlabConfig config;
  private final Optional<Settings> settings;

  public GitlabProject(GitlabConfig config, TransportConfig transport) {
    this.config = config;
    this.settings = config.url().map(url -> settings(url, config, transport));
  }

  /**
   * URLs and credentials of the project.
   *
   * @param url URL of GitLab, without a slash at its end
   * @param path path of the project, without a slash at either end, or its number
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

  private static Settings settings(URI address, GitlabConfig config, TransportConfig transport) {
    TokenAddress.require("scaffolder.gitlab.url", address, transport);
    String url = address.toString().replaceAll("/+$", "");
    String path = config.project().orElse("");
    require(
        PATH.matcher(path).matches() || NUMBER.matcher(path).matches(),
        "scaffolder.gitlab.project",
        "must be the path of a project, such as platform/gitops, or its number, when scaffolder.gitlab.url is set");
    require(
        !NUMBER.matcher(path).matches() || config.repository().isPresent(),
        REPOSITORY,
        "must be the address of the repository when scaffolder.gitlab.project is a number, which tells no address");
    String token = config.token().map(String::strip).orElse("");
    require(
        !token.isEmpty(),
        "scaffolder.gitlab.token",
        "must be an access token of the project when scaffolder.gitlab.url is set");
    config.repository().ifPresent(repository -> check(repository, address, config, transport));
    return new Settings(url, path, token, config.repository().orElse(url + "/" + path + ".git"));
  }

  /** The token goes to an https repository, and what is proposed to any. */
  private static void check(
      String repository, URI gitlab, GitlabConfig config, TransportConfig transport) {
    String host = host(repository, transport);
    String expected = config.repositoryHost().orElse(gitlab.getHost());
    require(
        host.equalsIgnoreCase(expected),
        REPOSITORY,
        "must be on %s, the host of %s, not on %s; where it is on another one, scaffolder.gitlab.repository-host names that"
            .formatted(
                expected,
                config.repositoryHost().isPresent()
                    ? "scaffolder.gitlab.repository-host"
                    : "scaffolder.gitlab.url",
                host));
  }

  private static String host(String repository, TransportConfig transport) {
    Matcher scp = SCP.matcher(repository);
    if (scp.matches()) {
      return scp.group(1);
    }
    URI address = uri(repository);
    String scheme = String.valueOf(address.getScheme());
    require(
        scheme.matches("https?|ssh") && address.getHost() != null,
        REPOSITORY,
        "must be an https or ssh address");
    if (!scheme.equals("ssh")) {
      TokenAddress.require(REPOSITORY, address, transport);
    }
    return address.getHost();
  }

  private static URI uri(String repository) {
    try {
      return new URI(repository);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(REPOSITORY + " must be an https or ssh address", e);
    }
  }

  private static void require(boolean valid, String property, String rule) {
    if (!valid) {
      throw new IllegalStateException(property + " " + rule);
    }
  }
}
