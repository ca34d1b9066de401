package io.github.rayservice.scaffolder.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.backstage.NpmProject;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The package's Backstage actions without Backstage, each in its own process. */
final class BackstageActions {
  private final NpmProject project;

  private BackstageActions(NpmProject project) {
    this.project = project;
  }

  /** Compiles the package in a copy; needs Node and npm. */
  static BackstageActions build() {
    try {
      NpmProject project =
          NpmProject.install(
              Path.of("src/main/backstage"),
              Path.of("target/backstage"),
              Map.of("NO_PROXY", "127.0.0.1", "no_proxy", "127.0.0.1"));
      project.run("npx", "tsc");
      return new BackstageActions(project);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts an action, such as {@code deploy}.
   *
   * @return the task's log, followed by its output as JSON, or by {@code failed:} and the reason
   */
  CompletableFuture<String> start(String action, WatchingService service, ObjectNode input) {
    // Not on the common pool: on two cores it has one thread, and the tests' HTTP client needs it.
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return project.run(
                "node",
                "build/test/action.js",
                action,
                service.process().url(),
                ServiceProcess.TOKEN,
                input.toString());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }
}
