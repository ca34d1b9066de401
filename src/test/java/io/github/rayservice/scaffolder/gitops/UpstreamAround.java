package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

/** A real upstream, with something that happens before and after refs move. */
public record UpstreamAround(Upstream real, Runnable before, Runnable after) implements Upstream {
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
    return around(real.begin());
  }

  @Override
  public Optional<Session> beginUnseen() {
    return real.beginUnseen().map(this::around);
  }

  private Session around(Session writing) {
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
