package io.github.rayservice.scaffolder.gitops;

import java.util.List;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

/**
 * Where the GitOps repository really lives. Commits are made in a bare repository on this machine;
 * an upstream says what its refs are now, and moves them.
 */
interface Upstream extends AutoCloseable {
  /**
   * The bare repository on this machine, with refs and objects as the upstream has them now.
   *
   * @throws GitopsException.Unavailable when it cannot be had
   */
  Repository refresh();

  /**
   * Moves refs, all or none, each only from the value that its command expects. The objects are in
   * the repository.
   *
   * @return whether they moved; false when another writer was faster
   * @throws GitopsException.Unavailable when it cannot be told, or is refused
   */
  boolean publish(Repository repository, List<ReceiveCommand> moves);

  /**
   * Proves that something can be written.
   *
   * @throws GitopsException.Unavailable with the reason when it cannot
   */
  void probe();

  @Override
  void close();
}
