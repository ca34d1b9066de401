package io.github.rayservice.scaffolder.gitops;

import java.util.List;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

/** A real upstream, with something that happens before and after refs move. */
record UpstreamAround(Upstream real, Runnable before, Runnable after) implements Upstream {
  @Override
  public Repository refresh() {
    return real.refresh();
  }

  @Override
  public boolean publish(Repository repository, List<ReceiveCommand> moves) {
    before.run();
    boolean moved = real.publish(repository, moves);
    after.run();
    return moved;
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
