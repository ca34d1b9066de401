package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.ErrorText;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.errors.TooLargePackException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchConnection;
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
  private static final String PROPOSALS = Constants.R_HEADS + RefNames.PROPOSALS;

  /** Making the mirror again is as much work as a first start. */
  private static final Duration BETWEEN_REBUILDS = Duration.ofMinutes(10);

  private final RemoteConnections connections;
  private final Path directory;
  private final String branch;
  private final List<RefSpec> refs;
  private final long maxObjectSize;
  private final long maxMirrorSize;

  /** Refs that cannot be taken, and where they were on the server when that was found out. */
  private final Map<String, ObjectId> oversized = new HashMap<>();

  /** Since the mirror was made again. */
  private boolean refsRemoved;

  private Freshness emptied = new Freshness.Unknown();

  private @Nullable LocalRepository local;
  private Freshness freshness = new Freshness.Unknown();

  Mirror(RemoteConnections connections, GitopsConfig config) {
    this.connections = connections;
    this.directory =
        config.mirrors().toAbsolutePath().normalize().resolve(folder(connections.url()));
    this.branch = Constants.R_HEADS + config.branch();
    this.maxObjectSize = config.maxObjectSize().asLongValue();
    this.maxMirrorSize = config.maxMirrorSize().asLongValue();
    this.refs =
        List.of(
            same(branch),
            same(PROPOSALS + "*"),
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
    try {
      if (!oversized.isEmpty()) {
        forget(ours(advertised()), ours(repository().getRefDatabase().getRefs()));
      }
      fetchTogether();
    } catch (IOException e) {
      if (!isOversized(e)) {
        throw unreadable(e);
      }
      fetchEach();
    }
    freshness = asked;
  }

  private void fetchTogether() throws IOException {
    requireTheOthersToBeRead();
    List<RefSpec> wanted = new ArrayList<>(refs);
    oversized.keySet().forEach(ref -> wanted.add(new RefSpec("^" + ref)));
    FetchResult result = receive(wanted, roomOfProposals());
    List<ReceiveCommand> gone = gone(ours(result.getAdvertisedRefs()));
    if (!gone.isEmpty()) {
      // Git keeps branches as files: where a new one is in the place of one that is gone, JGit
      // leaves both as they were.
      move(gone);
      receive(wanted, roomOfProposals());
    }
  }

  /** One ref is too large, and the server does not say which. */
  private void fetchEach() {
    try {
      if (open().size() > maxMirrorSize / 2
          && (refsRemoved || !emptied.isWithin(BETWEEN_REBUILDS))) {
        // Commits that no branch has any more may take the room.
        LOG.infof("the mirror %s is made again to get room", directory);
        open().recreate();
        oversized.clear();
        emptied = Freshness.now();
        refsRemoved = false;
      }
      SortedMap<String, ObjectId> there =
          new TreeMap<>(
              Comparator.comparing((String ref) -> !isNeeded(ref)).thenComparing(ref -> ref));
      there.putAll(ours(advertised()));
      Map<String, ObjectId> here = ours(repository().getRefDatabase().getRefs());
      there.entrySet().removeAll(here.entrySet());
      there.entrySet().removeAll(oversized.entrySet());
      for (Map.Entry<String, ObjectId> ref : there.entrySet()) {
        fetchAlone(ref.getKey(), ref.getValue());
      }
      // Also removes what the server no longer has.
      fetchTogether();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private GitopsException.Unavailable unreadable(IOException e) {
    return open().isFailureOfDisk(e) ? unwritable(e) : connections.unavailable("read", e);
  }

  private void fetchAlone(String ref, ObjectId tip) throws IOException {
    try {
      receive(List.of(same(ref)), isNeeded(ref) ? maxMirrorSize : roomOfProposals());
    } catch (IOException e) {
      if (!isOversized(e)) {
        throw e;
      }
      oversized.put(ref, tip);
      LOG.warnf(
          "%s of %s is left out until it moves from %s: %s",
          Repository.shortenRefName(ref), connections.url(), tip.name(), limits());
    }
  }

  /** A quarter is for what is accepted: whoever may only propose cannot take it. */
  private long roomOfProposals() {
    return maxMirrorSize / 4 * 3;
  }

  private boolean isNeeded(String ref) {
    return ref.equals(branch) || ref.equals(RefNames.REQUESTS);
  }

  private FetchResult receive(List<RefSpec> specs, long fill) throws IOException {
    long room = Math.max(0, fill - open().size());
    Repository bounded = new BoundedRepository(repository(), maxObjectSize, room);
    try (Transport transport = connections.open(bounded)) {
      transport.setRemoveDeletedRefs(true);
      FetchResult result = transport.fetch(NullProgressMonitor.INSTANCE, specs);
      LOG.debugf(
          "fetched %s: %d refs moved", connections.url(), result.getTrackingRefUpdates().size());
      return result;
    }
  }

  private Collection<Ref> advertised() throws IOException {
    try (Transport transport = connections.open(repository());
        FetchConnection connection = transport.openFetch(refs)) {
      return connection.getRefs();
    }
  }

  private static boolean isOversized(IOException e) {
    return ExceptionUtils.indexOfType(e, TooLargeObjectInPackException.class) >= 0
        || ExceptionUtils.indexOfType(e, TooLargePackException.class) >= 0;
  }

  private String limits() {
    return "it brings an object of more than %d bytes (scaffolder.git.max-object-size), or there is no room for it in %d bytes (scaffolder.git.max-mirror-size)"
        .formatted(maxObjectSize, maxMirrorSize);
  }

  /** What was left out is tried again when it has moved, or when a removed ref has made room. */
  private void forget(Map<String, ObjectId> there, Map<String, ObjectId> here) {
    if (there.keySet().containsAll(here.keySet())) {
      oversized.entrySet().removeIf(ref -> !ref.getValue().equals(there.get(ref.getKey())));
    } else {
      oversized.clear();
      refsRemoved = true;
    }
  }

  /** Without a proposal all others can be read; without what is accepted nothing can. */
  private void requireTheOthersToBeRead() {
    for (String ref : oversized.keySet()) {
      if (isNeeded(ref)) {
        throw new GitopsException.Unavailable(
            "cannot read %s of %s: %s; raise the limit, or remove the object from its history"
                .formatted(Repository.shortenRefName(ref), connections.url(), limits()),
            null);
      }
    }
  }

  /**
   * Before a push: nothing is put on top of what could not be read.
   *
   * @throws GitopsException.Oversized when one of the refs was left out
   */
  synchronized void requireRead(Collection<String> names) {
    for (String name : names) {
      if (oversized.containsKey(name)) {
        throw new GitopsException.Oversized(Repository.shortenRefName(name), limits());
      }
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
    forget(there, here);
    requireTheOthersToBeRead();
    for (String leftOut : oversized.keySet()) {
      // Nothing of it is fetched, so it stays where it was read last, if ever.
      there.computeIfPresent(leftOut, (name, tip) -> here.get(name));
    }
    List<ReceiveCommand> gone = gone(there);
    // A removed branch, as after a closed merge request, brings nothing to fetch.
    here.keySet().retainAll(there.keySet());
    if (!there.equals(here)) {
      fetch();
      return;
    }
    freshness = asked;
    move(gone);
  }

  /** Removes what the server has no more. */
  private List<ReceiveCommand> gone(Map<String, ObjectId> there) throws IOException {
    List<ReceiveCommand> gone = new ArrayList<>();
    ours(repository().getRefDatabase().getRefs())
        .forEach((name, at) -> {
          if (!there.containsKey(name)) {
            gone.add(new ReceiveCommand(at, ObjectId.zeroId(), name));
          }
        });
    return gone;
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

  /** Throws the copy away and fetches it whole, unless it is the disk that fails. */
  synchronized void rebuild(IOException broken) {
    if (open().isFailureOfDisk(broken)) {
      throw unwritable(broken);
    }
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
            .formatted(connections.url(), directory, LocalRepository.reason(directory, e)),
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
