package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

/** A real upstream, with something that happens before and after refs move. */
public record UpstreamAround(Upstream real, Runnable before, Runnable after) implements Upstream {
  @Override
  public Repository repository() {
    return real.repository();
  }

  @Override
  public Repository refresh() {
    return real.refresh();
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public void invalidate() {
    real.invalidate();
  }

  @Override
  public Session begin() {
    Session writing = real.begin();
    return new Session() {
      @Override
      public Repository repository() {
        return writing.repository();
      }

      @Override
      public boolean publish(List<ReceiveCommand> moves) {
        before.run();
        boolean moved = writing.publish(moves);
        after.run();
        return moved;
      }

      @Override
      public void close() {
        writing.close();
      }
    };
  }

  @Override
  public boolean rebuild(IOException broken) {
    return real.rebuild(broken);
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
