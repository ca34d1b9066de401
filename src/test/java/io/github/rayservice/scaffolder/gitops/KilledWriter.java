package io.github.rayservice.scaffolder.gitops;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * A process that writes until it is killed. It says {@code wrote <n>} after each answer, and stops
 * where its second argument tells it to, saying {@code waiting}.
 */
final class KilledWriter {
  private KilledWriter() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    String stop = arguments[1];
    try (GitopsFixture gitops =
        GitopsFixture.in(
            directory,
            Map.of(),
            Clock.systemUTC(),
            real ->
                new UpstreamAround(
                    real, waitIf(stop.equals("before")), waitIf(stop.equals("after"))))) {
      for (int n = 0; ; n++) {
        gitops.commit(creation("team-ml", "s" + n), request("r" + n, "key-" + n, "s" + n));
        say("wrote " + n);
      }
    }
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
