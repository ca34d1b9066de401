package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PushConnection;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.Transport;
import org.jboss.logging.Logger;

/** One push to a Git server, which begins with the refs that the server advertises. */
final class PushSession implements Upstream.Session {
  private static final Logger LOG = Logger.getLogger(PushSession.class);

  /** What servers say when they will not want it later either; else it may have been a race. */
  private static final Pattern REFUSAL =
      Pattern.compile("declined|prohibited|denied|deny|not allowed|funny|hidden");

  private final RemoteConnections connections;
  private final Mirror mirror;
  private final PushView view;
  private final Transport transport;
  private final PushConnection connection;

  private PushSession(
      RemoteConnections connections,
      Mirror mirror,
      PushView view,
      Transport transport,
      PushConnection connection) {
    this.connections = connections;
    this.mirror = mirror;
    this.view = view;
    this.transport = transport;
    this.connection = connection;
  }

  /** Asks the server for its refs, which the mirror then has, too. */
  static PushSession begin(RemoteConnections connections, Mirror mirror) {
    Freshness asked = Freshness.now();
    PushSession session = connect(connections, mirror);
    try {
      mirror.follow(session.connection.getRefsMap().values(), asked);
      return session;
    } catch (IOException e) {
      session.close();
      throw connections.unwritable(e);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static PushSession connect(RemoteConnections connections, Mirror mirror) {
    PushView view = new PushView(mirror.repository());
    Transport transport = connections.open(view);
    try {
      transport.setPushThin(false);
      transport.setPushAtomic(true);
      return new PushSession(connections, mirror, view, transport, transport.openPush());
    } catch (IOException e) {
      transport.close();
      throw connections.unwritable(e);
    } catch (RuntimeException e) {
      transport.close();
      throw e;
    }
  }

  @Override
  public Repository repository() {
    return mirror.repository();
  }

  @Override
  public boolean publish(List<ReceiveCommand> moves) {
    mirror.requireRead(moves.stream().map(ReceiveCommand::getRefName).toList());
    moves.forEach(this::requireNameFree);
    Map<String, RemoteRefUpdate> updates = new LinkedHashMap<>();
    try {
      for (ReceiveCommand move : moves) {
        updates.put(move.getRefName(), update(move));
      }
      view.narrow(
          moves.stream().map(ReceiveCommand::getNewId).toList(),
          connection.getRefsMap().values().stream().map(Ref::getObjectId).toList());
      connection.push(NullProgressMonitor.INSTANCE, updates);
    } catch (IOException e) {
      throw connections.unwritable(e);
    }
    connection.close();
    String words = connection.getMessages();
    if (!words.isBlank()) {
      LOG.debugf("%s: %s", connections.url(), words.strip());
    }
    if (!moved(updates, words)) {
      return false;
    }
    mirror.follow(moves);
    return true;
  }

  /**
   * Git keeps branches as files: where {@code a} is one, {@code a/b} cannot be. A server only says
   * that it could not lock the ref, which is what it says of a race.
   */
  private void requireNameFree(ReceiveCommand move) {
    if (!move.getOldId().equals(ObjectId.zeroId())) {
      return;
    }
    String name = move.getRefName();
    for (String there : connection.getRefsMap().keySet()) {
      if (name.startsWith(there + "/") || there.startsWith(name + "/")) {
        throw new GitopsException.Refused(
            Repository.shortenRefName(name),
            "the branch %s is in the way, because Git keeps no branch below another one; remove it"
                .formatted(Repository.shortenRefName(there)));
      }
    }
  }

  private RemoteRefUpdate update(ReceiveCommand move) throws IOException {
    return new RemoteRefUpdate(
        repository(), null, move.getNewId(), move.getRefName(), true, null, move.getOldId());
  }

  private static boolean moved(Map<String, RemoteRefUpdate> updates, String words) {
    boolean all = true;
    for (RemoteRefUpdate update : updates.values()) {
      if (update.getStatus() == RemoteRefUpdate.Status.OK) {
        continue;
      }
      all = false;
      String reason = String.valueOf(update.getMessage());
      if (REFUSAL.matcher(reason).find()) {
        throw new GitopsException.Refused(
            Repository.shortenRefName(update.getRemoteName()), RemoteMessages.of(words, reason));
      }
      LOG.debugf("%s: %s %s", update.getRemoteName(), update.getStatus(), reason);
    }
    return all;
  }

  @Override
  public void close() {
    connection.close();
    transport.close();
  }
}
