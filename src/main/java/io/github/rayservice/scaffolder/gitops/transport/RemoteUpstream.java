package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.ErrorText;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.PushConnection;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.Transport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A repository on a Git server, by way of a lasting mirror on this machine. The mirror is fetched
 * by difference, and is thrown away and fetched whole when it turns out to be broken.
 */
public final class RemoteUpstream implements Upstream {
  private static final Logger LOG = Logger.getLogger(RemoteUpstream.class);

  /**
   * Seen longer ago than that, refs have too often moved: then a look is cheaper than a lost push.
   */
  private static final Duration BELIEVABLE = Duration.ofMinutes(1);

  /** What servers say when they will not want it later either; else it may have been a race. */
  private static final Pattern REFUSAL =
      Pattern.compile("declined|prohibited|denied|deny|not allowed|funny|hidden");

  private final RemoteConnections connections;
  private final Path directory;
  private final Duration staleness;
  private final List<RefSpec> refs;
  private final String branch;
  private @Nullable LocalRepository local;
  private long fetchedAt;
  private boolean fetched;

  /** Whether the last look or push met refs where they were believed to be. */
  private boolean undisturbed;

  public RemoteUpstream(Remote remote, GitopsConfig config) {
    this.connections = new RemoteConnections(remote, config);
    this.directory = config.mirrors().toAbsolutePath().normalize().resolve(folder(remote.url()));
    this.staleness = config.staleness();
    this.branch = Constants.R_HEADS + config.branch();
    this.refs =
        List.of(
            same(branch),
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

  @Override
  public String name() {
    return connections.url();
  }

  @Override
  public synchronized Repository refresh() {
    if (!fetched || System.nanoTime() - fetchedAt > staleness.toNanos()) {
      fetch();
    }
    return open().repository();
  }

  @Override
  public synchronized void invalidate() {
    fetched = false;
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
    Repository repository = open().repository();
    long now = System.nanoTime();
    try (Transport transport = connections.open(repository)) {
      transport.setRemoveDeletedRefs(true);
      FetchResult result = transport.fetch(NullProgressMonitor.INSTANCE, refs);
      fetched = true;
      fetchedAt = now;
      LOG.debugf("fetched %s: %d refs moved", name(), result.getTrackingRefUpdates().size());
    } catch (IOException e) {
      throw connections.unavailable("read", e);
    }
  }

  @Override
  public Session begin() {
    // The advertisement that begins a push says where the refs are: a fetch is needed only when
    // somebody else has moved them.
    long now = System.nanoTime();
    PushView view = new PushView(open().repository());
    PushSession writing = connect(view, connections.open(view), false);
    try {
      seen(writing.connection.getRefsMap(), now);
      return writing;
    } catch (IOException e) {
      writing.close();
      throw connections.unavailable("write to", e);
    } catch (RuntimeException e) {
      writing.close();
      throw e;
    }
  }

  @Override
  public Optional<Session> beginUnseen() {
    PushView view = new PushView(open().repository());
    return refsBelieved()
        .flatMap(believed -> connections.openKnowing(view, believed))
        .map(transport -> connect(view, transport, true));
  }

  private synchronized Optional<Map<String, ObjectId>> refsBelieved() {
    if (!fetched || !undisturbed || System.nanoTime() - fetchedAt > BELIEVABLE.toNanos()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ours(open().repository().getRefDatabase().getRefs()));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private PushSession connect(PushView view, Transport transport, boolean unseen) {
    try {
      transport.setPushThin(false);
      transport.setPushAtomic(true);
      return new PushSession(view, transport, transport.openPush(), unseen);
    } catch (IOException e) {
      transport.close();
      throw connections.unavailable("write to", e);
    } catch (RuntimeException e) {
      transport.close();
      throw e;
    }
  }

  private synchronized void seen(Map<String, Ref> advertised, long now) throws IOException {
    Map<String, ObjectId> there = ours(advertised.values());
    Map<String, ObjectId> here = ours(open().repository().getRefDatabase().getRefs());
    List<ReceiveCommand> gone = new ArrayList<>();
    here.forEach((name, at) -> {
      if (!there.containsKey(name)) {
        gone.add(new ReceiveCommand(at, ObjectId.zeroId(), name));
      }
    });
    // Branches that were removed, as after a closed merge request, bring nothing to fetch.
    here.keySet().retainAll(there.keySet());
    undisturbed = there.equals(here);
    if (!undisturbed) {
      fetch();
      return;
    }
    fetched = true;
    fetchedAt = now;
    if (!gone.isEmpty()) {
      remember(gone);
    }
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

  private final class PushSession implements Session {
    private final PushView view;
    private final Transport transport;
    private final PushConnection connection;
    private final boolean unseen;

    PushSession(PushView view, Transport transport, PushConnection connection, boolean unseen) {
      this.view = view;
      this.transport = transport;
      this.connection = connection;
      this.unseen = unseen;
    }

    @Override
    public Repository repository() {
      return open().repository();
    }

    @Override
    public boolean publish(List<ReceiveCommand> moves) {
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
        if (unseen) {
          // A kept connection may have been closed meanwhile, which nobody has noticed by asking.
          LOG.debugf(e, "%s is asked what became of a push", name());
          fetch();
          return stands(moves) || lost();
        }
        throw connections.unavailable("write to", e);
      }
      connection.close();
      String words = connection.getMessages();
      if (!words.isBlank()) {
        LOG.debugf("%s: %s", name(), words.strip());
      }
      return (moved(updates, words) && remember(moves)) || lost();
    }

    /** Whether the server has what was pushed, with whatever came on top of it since. */
    private boolean stands(List<ReceiveCommand> moves) {
      try (RevWalk walk = new RevWalk(repository())) {
        for (ReceiveCommand move : moves) {
          Ref ref = repository().exactRef(move.getRefName());
          if (ref == null
              || !walk.isMergedInto(
                  walk.parseCommit(move.getNewId()), walk.parseCommit(ref.getObjectId()))) {
            return false;
          }
        }
        return true;
      } catch (IOException e) {
        throw connections.unavailable("read", e);
      }
    }

    private RemoteRefUpdate update(ReceiveCommand move) throws IOException {
      return new RemoteRefUpdate(
          repository(), null, move.getNewId(), move.getRefName(), true, null, move.getOldId());
    }

    @Override
    public void close() {
      connection.close();
      transport.close();
    }
  }

  /** Somebody else was faster: it is not believed any longer that nobody else is there. */
  private synchronized boolean lost() {
    undisturbed = false;
    return false;
  }

  private boolean moved(Map<String, RemoteRefUpdate> updates, String words) {
    boolean all = true;
    for (RemoteRefUpdate update : updates.values()) {
      if (update.getStatus() == RemoteRefUpdate.Status.OK) {
        continue;
      }
      all = false;
      String reason = String.valueOf(update.getMessage());
      if (REFUSAL.matcher(reason).find()) {
        throw new GitopsException.Refused(
            update.getRemoteName().substring(Constants.R_HEADS.length()),
            RemoteMessages.of(words, reason));
      }
      LOG.debugf("%s: %s %s", update.getRemoteName(), update.getStatus(), reason);
    }
    return all;
  }

  /** The mirror follows the server, unless a reader's fetch has seen something newer. */
  private synchronized boolean remember(List<ReceiveCommand> moves) {
    LocalRepository mirror = open();
    try {
      for (ReceiveCommand move : moves) {
        RefUpdate ref = mirror.repository().updateRef(move.getRefName());
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
      // It stands on the server; the next look finds out by itself.
      LOG.warnf(e, "the mirror of %s could not follow", name());
      fetched = false;
    }
    mirror.packIfDue();
    return true;
  }

  @Override
  public synchronized boolean rebuild(IOException broken) {
    LOG.warnf(
        "the mirror %s of %s is broken (%s) and is made again",
        directory, name(), ErrorText.of(broken));
    try {
      open().recreate();
    } catch (IOException e) {
      throw unwritable(e);
    }
    fetched = false;
    fetch();
    return true;
  }

  /** Proves that the server lets us push, and that the mirror can be written. */
  @Override
  public void probe() {
    try {
      open().probe();
    } catch (IOException e) {
      throw unwritable(e);
    }
    begin().close();
  }

  private GitopsException.Unavailable unwritable(IOException e) {
    return new GitopsException.Unavailable(
        "cannot keep a copy of %s in %s: %s".formatted(name(), directory, ErrorText.of(e)), e);
  }

  @Override
  public synchronized void close() {
    if (local != null) {
      local.close();
      local = null;
    }
  }
}
