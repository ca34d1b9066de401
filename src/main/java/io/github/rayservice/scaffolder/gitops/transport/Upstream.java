package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;

/**
 * Where the GitOps repository really lives. Commits are made in a bare repository on this machine;
 * an upstream says what its refs are, and moves them.
 */
public interface Upstream extends AutoCloseable {
  /** How it is called in messages; without anything secret. */
  String name();

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
   * @throws GitopsException.Unavailable when it cannot be reached
   */
  Session begin();

  /**
   * The same without a look: from refs as they stood a moment ago. Whether they still do is proved
   * only by a publish that moves them.
   *
   * @return empty when one had better look
   */
  default Optional<Session> beginUnseen() {
    return Optional.empty();
  }

  /** Refs as they stand, seen or believed, and the right to move them from there once. */
  interface Session extends AutoCloseable {
    /** The bare repository on this machine, with refs as they were seen or are believed to be. */
    Repository repository();

    /**
     * Moves refs, all or none, each only from the value that its command expects. The objects are
     * in the repository. Called at most once.
     *
     * @return whether they moved; false when another writer was faster
     * @throws GitopsException.Refused when the upstream does not want them moved
     * @throws GitopsException.Unavailable when it cannot be told
     */
    boolean publish(List<ReceiveCommand> moves);

    @Override
    void close();
  }

  /**
   * Makes the bare repository on this machine anew after it turned out to be broken.
   *
   * @return false when it is the only copy, which must be mended by people
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
