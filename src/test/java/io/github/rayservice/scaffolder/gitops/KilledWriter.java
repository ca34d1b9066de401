package io.github.rayservice.scaffolder.gitops;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

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
            directory, Map.of(), Clock.systemUTC(), real -> new Stopping(real, stop))) {
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

  private record Stopping(Upstream real, String stop) implements Upstream {
    @Override
    public Repository refresh() {
      return real.refresh();
    }

    @Override
    public boolean publish(Repository repository, List<ReceiveCommand> moves) {
      waitAt("before");
      boolean moved = real.publish(repository, moves);
      waitAt("after");
      return moved;
    }

    private void waitAt(String point) {
      if (point.equals(stop)) {
        say("waiting");
        while (true) {
          try {
            Thread.sleep(Long.MAX_VALUE);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }

    @Override
    public void probe() {
      real.probe();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
