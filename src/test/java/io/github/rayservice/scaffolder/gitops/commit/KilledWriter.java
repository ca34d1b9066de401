package io.github.rayservice.scaffolder.gitops.commit;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.UpstreamAround;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A process that writes until it is killed. It says {@code wrote <n>} after each answer, and stops
 * where its second argument tells it to, saying {@code waiting}. A third argument is the address of
 * a Git server.
 */
final class KilledWriter {
  private KilledWriter() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    String stop = arguments[1];
    UnaryOperator<Upstream> around =
        real ->
            new UpstreamAround(real, waitIf(stop.equals("before")), waitIf(stop.equals("after")));
    try (GitopsFixture gitops =
        arguments.length == 2
            ? GitopsFixture.in(directory, Map.of(), Clock.systemUTC(), around)
            : proposing(arguments[2], directory, around)) {
      for (int n = 0; ; n++) {
        gitops.commit(creation("team-ml", "s" + n), request("r" + n, "key-" + n, "s" + n));
        say("wrote " + n);
      }
    }
  }

  /** Proposes on a Git server, with its mirror in the directory. */
  static GitopsFixture proposing(String url, Path directory, UnaryOperator<Upstream> around) {
    Remote remote = new Remote(url, Optional.of(new Remote.Login("oauth2", "token")));
    return GitopsFixture.of(remote, true, directory, Map.of(), new GitCommand(directory), around);
  }

  /**
   * Starts such a process and kills it once it says the line.
   *
   * @param arguments those of {@link #main}
   * @return the last answer that it gave; -1 for none
   */
  static int runAndKill(String line, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                KilledWriter.class.getName()));
    command.addAll(List.of(arguments));
    Process writer =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    int answered = -1;
    try (BufferedReader output = writer.inputReader()) {
      String said = output.readLine();
      while (said != null) {
        if (said.startsWith("wrote ")) {
          answered = Integer.parseInt(said.substring("wrote ".length()));
        }
        if (said.equals(line)) {
          // Process.destroyForcibly would close the pipe that still holds answers.
          assertThat(writer.toHandle().destroyForcibly()).isTrue();
        }
        said = output.readLine();
      }
    }
    assertThat(writer.waitFor()).as("killed by SIGKILL").isEqualTo(128 + 9);
    return answered;
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static Runnable waitIf(boolean here) {
    return () -> {
      if (here) {
        say("waiting");
        try {
          Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
