package io.github.rayservice.scaffolder.testsupport;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Lets the application under test propose merge requests on a {@link FakeGitlab}. */
public final class GitlabResource implements QuarkusTestResourceLifecycleManager {
  /** How often the application polls; {@code off} unless the test says otherwise. */
  public static final String POLL_INTERVAL = "poll-interval";

  private FakeGitlab gitlab;
  private String pollInterval = "off";

  @Override
  public void init(Map<String, String> arguments) {
    pollInterval = arguments.getOrDefault(POLL_INTERVAL, pollInterval);
  }

  @Override
  public Map<String, String> start() {
    try {
      Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "gitlab");
      gitlab = FakeGitlab.start(folder.resolve("server"));
      return Map.of(
          "scaffolder.gitlab.url",
          gitlab.url(),
          "scaffolder.gitlab.project",
          FakeGitlab.PROJECT,
          "scaffolder.gitlab.token",
          FakeGitlab.TOKEN,
          "scaffolder.gitlab.poll-interval",
          pollInterval,
          "scaffolder.git.staleness",
          "0s",
          "scaffolder.git.mirrors",
          folder.resolve("mirrors").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(gitlab, new TestInjector.MatchesType(FakeGitlab.class));
  }

  @Override
  public void stop() {
    gitlab.close();
  }
}
