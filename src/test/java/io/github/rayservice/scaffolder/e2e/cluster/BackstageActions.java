package io.github.rayservice.scaffolder.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.backstage.NpmProject;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The package's actions for Backstage, each in a process of its own. Backstage itself is not. */
final class BackstageActions {
  private final NpmProject project;

  private BackstageActions(NpmProject project) {
    this.project = project;
  }

  /** Compiles the package in a copy; that takes Node and npm. */
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
   * @return the task's log, and then its output as JSON or {@code failed:} and why
   */
  CompletableFuture<String> start(String action, WatchingService service, ObjectNode input) {
    // Not on the common pool: on two cores it has one thread, which the tests' HTTP client needs.
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
