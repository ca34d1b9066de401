package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.ErrorText;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.Transport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The copy on this machine of a repository on a Git server. It is fetched by difference, and is
 * thrown away and fetched whole when it turns out to be broken.
 */
final class Mirror implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Mirror.class);

  private final RemoteConnections connections;
  private final Path directory;
  private final List<RefSpec> refs;
  private @Nullable LocalRepository local;
  private Freshness freshness = new Freshness.Unknown();

  Mirror(RemoteConnections connections, GitopsConfig config) {
    this.connections = connections;
    this.directory =
        config.mirrors().toAbsolutePath().normalize().resolve(folder(connections.url()));
    this.refs =
        List.of(
            same(Constants.R_HEADS + config.branch()),
            same(Constants.R_HEADS + RefNames.PROPOSALS + "*"),
            // An exact name would be an error on a server that has no such ref yet.
            same(RefNames.REQUESTS.replaceFirst("[^/]+$", "*")));
  }

  /** People should recognise it; the digest tells those apart that look alike. */
  private static String folder(String url) {
    String readable = url.replaceFirst("^[a-z+]+://", "").replaceAll("[^A-Za-z0-9.-]+", "_");
    String end = readable.substring(Math.max(0, readable.length() - 80));
    return end + "-" + DigestUtils.sha256Hex(url).substring(0, 8);
  }

  private static RefSpec same(String ref) {
    return new RefSpec("+" + ref + ":" + ref);
  }

  /** The repository as it is. */
  Repository repository() {
    return open().repository();
  }

  /** The repository as the server had it at most so long ago. */
  synchronized Repository within(Duration age) {
    if (!freshness.isWithin(age)) {
      fetch();
    }
    return repository();
  }

  /** Somebody has moved refs on the server. */
  synchronized void invalidate() {
    freshness = new Freshness.Unknown();
  }

  private synchronized LocalRepository open() {
    if (local == null) {
      try {
        local = LocalRepository.open(directory, false);
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
    return local;
  }

  private synchronized void fetch() {
    Freshness asked = Freshness.now();
    try (Transport transport = connections.open(repository())) {
      transport.setRemoveDeletedRefs(true);
      FetchResult result = transport.fetch(NullProgressMonitor.INSTANCE, refs);
      freshness = asked;
      LOG.debugf(
          "fetched %s: %d refs moved", connections.url(), result.getTrackingRefUpdates().size());
    } catch (IOException e) {
      throw connections.unavailable("read", e);
    }
  }

  /**
   * Follows the refs that the server has just advertised. A fetch is needed only when somebody else
   * has moved them.
   *
   * @param asked from before the server was asked
   */
  synchronized void follow(Iterable<Ref> advertised, Freshness asked) throws IOException {
    Map<String, ObjectId> there = ours(advertised);
    Map<String, ObjectId> here = ours(repository().getRefDatabase().getRefs());
    List<ReceiveCommand> gone = new ArrayList<>();
    here.forEach((name, at) -> {
      if (!there.containsKey(name)) {
        gone.add(new ReceiveCommand(at, ObjectId.zeroId(), name));
      }
    });
    // A removed branch, as after a closed merge request, brings nothing to fetch.
    here.keySet().retainAll(there.keySet());
    if (!there.equals(here)) {
      fetch();
      return;
    }
    freshness = asked;
    move(gone);
  }

  private Map<String, ObjectId> ours(Iterable<Ref> all) {
    Map<String, ObjectId> ours = new HashMap<>();
    for (Ref ref : all) {
      String name = ref.getName();
      if (refs.stream().anyMatch(spec -> spec.matchSource(name)) && !ref.isSymbolic()) {
        ours.put(name, ref.getObjectId());
      }
    }
    return ours;
  }

  /** Follows a push, unless a reader's fetch has seen something newer. */
  synchronized void follow(List<ReceiveCommand> pushed) {
    move(pushed);
    open().packIfDue();
  }

  private void move(List<ReceiveCommand> moves) {
    try {
      for (ReceiveCommand move : moves) {
        RefUpdate ref = repository().updateRef(move.getRefName());
        ref.setExpectedOldObjectId(move.getOldId());
        ref.setForceUpdate(true);
        if (move.getNewId().equals(ObjectId.zeroId())) {
          ref.delete();
        } else {
          ref.setNewObjectId(move.getNewId());
          ref.forceUpdate();
        }
      }
    } catch (IOException e) {
      // The server has it; the next look finds out by itself.
      LOG.warnf(e, "the mirror of %s could not follow", connections.url());
      freshness = new Freshness.Unknown();
    }
  }

  /** Throws the copy away and fetches it whole. */
  synchronized void rebuild(IOException broken) {
    LOG.warnf(
        "the mirror %s of %s is broken (%s) and is made again",
        directory, connections.url(), ErrorText.of(broken));
    try {
      open().recreate();
    } catch (IOException e) {
      throw unwritable(e);
    }
    freshness = new Freshness.Unknown();
    fetch();
  }

  /** Proves that it can be written. */
  void probe() {
    try {
      open().probe();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private GitopsException.Unavailable unwritable(IOException e) {
    return new GitopsException.Unavailable(
        "cannot keep a copy of %s in %s: %s"
            .formatted(connections.url(), directory, ErrorText.of(e)),
        e);
  }

  @Override
  public synchronized void close() {
    if (local != null) {
      local.close();
      local = null;
    }
  }
}
