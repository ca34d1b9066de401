package io.github.rayservice.scaffolder.gitlab;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;

/** GitLab's settings as the service reads them. */
public final class GitlabFixture {
  private GitlabFixture() {}

  public static GitlabConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withMapping(GitlabConfig.class)
        .withConverter(Duration.class, 100, new DurationConverter())
        .withDefaultValues(settings)
        .build()
        .getConfigMapping(GitlabConfig.class);
  }

  /** What a request throws while GitLab is away. */
  public static GitlabException away() {
    return new GitlabException.Unavailable("GitLab is away", null);
  }

  public static GitlabClient client(GitlabConfig config) {
    return new GitlabClient(new GitlabProject(config, () -> false), config);
  }
}
