package io.github.rayservice.scaffolder.testsupport.gitlab;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Configures the application under test to propose merge requests on a {@link FakeGitlab}. */
public final class GitlabResource implements QuarkusTestResourceLifecycleManager {
  private FakeGitlab gitlab;
  private Map<String, String> settings = Map.of();

  /** Arguments are settings of the application; {@code {gitlab}} in one is the fake's URL. */
  @Override
  public void init(Map<String, String> arguments) {
    settings = arguments;
  }

  @Override
  public Map<String, String> start() {
    try {
      Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "gitlab");
      gitlab = FakeGitlab.start(folder.resolve("server"));
      Map<String, String> all = new HashMap<>();
      all.putAll(
          Map.of(
              "scaffolder.gitlab.url",
              gitlab.url(),
              "scaffolder.gitlab.project",
              FakeGitlab.PROJECT,
              "scaffolder.gitlab.token",
              FakeGitlab.TOKEN,
              "scaffolder.gitlab.poll-interval",
              "off",
              "scaffolder.git.staleness",
              "0s",
              "scaffolder.git.mirrors",
              folder.resolve("mirrors").toString()));
      settings.forEach((key, value) -> all.put(key, value.replace("{gitlab}", gitlab.url())));
      return all;
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
