package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

/**
 * Where the GitOps repository really lives. Commits are made in a bare repository on this machine;
 * an upstream says what its refs are, and moves them.
 */
public interface Upstream extends AutoCloseable {
  /** How it is called in messages; without anything secret. */
  String name();

  /** The bare repository on this machine as it is; the upstream is not asked. */
  Repository repository();

  /**
   * The bare repository on this machine, with refs and objects as the upstream had them a moment
   * ago. For reading.
   *
   * @throws GitopsException.Unavailable when it cannot be had
   */
  Repository refresh();

  /** What was had a moment ago is old now. */
  void invalidate();

  /**
   * Looks at the upstream now, in order to move its refs.
   *
   * @throws GitopsException.Refused when it takes no changes, with its own words
   * @throws GitopsException.Unavailable when it cannot be reached
   */
  Session begin();

  /** A push session: the refs as last read, and one attempt to move them. */
  interface Session extends AutoCloseable {
    /** The bare repository on this machine, with refs as they were last read. */
    Repository repository();

    /**
     * Moves refs, all or none, each only from the value that its command expects. The objects are
     * in the repository. Called at most once.
     *
     * @return whether they moved; false when another writer was faster
     * @throws GitopsException.Refused when the upstream does not want them moved
     * @throws GitopsException.Oversized when one of them holds more than is read from it
     * @throws GitopsException.Unavailable when it cannot be told
     */
    boolean publish(List<ReceiveCommand> moves);

    @Override
    void close();
  }

  /**
   * Makes the bare repository on this machine again after it turned out to be broken.
   *
   * @return false when it is the only copy, which people must fix
   * @throws GitopsException.Unavailable when the disk is full or cannot be written: then the
   *     repository is not broken
   */
  boolean rebuild(IOException broken);

  /**
   * Proves that something can be written.
   *
   * @throws GitopsException.Unavailable with the reason when it cannot
   */
  void probe();

  @Override
  void close();
}
