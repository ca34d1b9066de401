package io.github.rayservice.scaffolder.status.watch;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Watches one kind. fabric8's informer lists, watches, lists again after 410 and tries again with
 * back-off. It does not say when it is cut off, so this class checks that regularly.
 */
final class InformerSupervisor {
  private static final Logger LOG = Logger.getLogger(InformerSupervisor.class);

  private final WatchedKind kind;
  private final Supplier<SharedIndexInformer<GenericKubernetesResource>> informers;
  private final StatusStore statusStore;

  /** The API server ends every watch after some minutes, and a new one takes a moment. */
  private final Duration grace;

  private volatile ClusterError error = ClusterError.NOT_READ_YET;
  private @Nullable SharedIndexInformer<GenericKubernetesResource> informer;
  private boolean lives;
  private @Nullable Long silentSince;

  InformerSupervisor(
      WatchedKind kind,
      Supplier<SharedIndexInformer<GenericKubernetesResource>> informers,
      StatusStore statusStore,
      Duration grace) {
    this.grace = grace;
    this.kind = kind;
    this.informers = informers;
    this.statusStore = statusStore;
  }

  synchronized void start() {
    if (!lives) {
      statusStore.markUnavailable(kind, error);
    }
    try {
      informer =
          informers
              .get()
              .removeNamespaceIndex()
              .itemStore(new ReducingItemStore())
              .exceptionHandler((started, problem) -> retry(problem));
      informer.start();
    } catch (RuntimeException e) {
      // This happens only if no client can be made at all. The next check tries again.
      informer = null;
      retry(e);
    }
  }

  private boolean retry(Throwable problem) {
    error = ClusterError.of(problem, kind.label(), "list and watch");
    LOG.debugf(problem, "cannot watch %s", kind.label());
    return true;
  }

  /** Finds out whether changes arrive. */
  synchronized void check() {
    if (informer == null) {
      start();
      return;
    }
    if (informer.isWatching()) {
      if (!lives) {
        LOG.infof("watching %s", kind.label());
      }
      lives = true;
      silentSince = null;
      error = ClusterError.CUT_OFF;
      statusStore.markAvailable(kind);
      return;
    }
    long now = System.nanoTime();
    // Count from the first check that found it cut off. On a busy node the one before is long ago.
    long since = silentSince == null ? now : silentSince;
    silentSince = since;
    boolean cutOff = lives && now - since > grace.toNanos();
    if (cutOff) {
      LOG.warnf("cannot watch %s: %s", kind.label(), error.message());
      lives = false;
    }
    if (!lives) {
      statusStore.markUnavailable(kind, error);
    }
    // An informer that tries to watch again does not report why that fails: the CRD is gone, or the
    // login is not accepted any more. A new list reports it.
    if (cutOff || !informer.isRunning()) {
      informer.stop();
      start();
    }
  }

  synchronized void stop() {
    if (informer != null) {
      informer.stop();
    }
  }

  /**
   * The informer's view of the store, which keeps only the fields that are read. The store gets the
   * objects here and not from a handler: here it has all of them before the informer says so.
   */
  private final class ReducingItemStore implements ItemStore<GenericKubernetesResource> {
    @Override
    public String getKey(GenericKubernetesResource object) {
      return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
      @Nullable GenericKubernetesResource before = get(key);
      statusStore.apply(kind, object);
      return before;
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
      @Nullable GenericKubernetesResource before = get(key);
      if (before != null) {
        statusStore.delete(kind, before);
      }
      return before;
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
      int slash = key.indexOf('/');
      String namespace = slash < 0 ? "" : key.substring(0, slash);
      return statusStore
          .metadata(kind, namespace, key.substring(slash + 1))
          .map(this::object)
          .orElse(null);
    }

    @Override
    public Stream<String> keySet() {
      return values().map(this::getKey);
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
      return statusStore.allMetadata(kind).stream().map(this::object);
    }

    @Override
    public int size() {
      return statusStore.allMetadata(kind).size();
    }

    @Override
    public boolean isFullState() {
      return false;
    }

    private GenericKubernetesResource object(ObjectMetadata metadata) {
      ObjectMeta objectMeta = new ObjectMeta();
      objectMeta.setNamespace(metadata.namespace().isEmpty() ? null : metadata.namespace());
      objectMeta.setName(metadata.name());
      objectMeta.setUid(metadata.uid());
      objectMeta.setResourceVersion(metadata.resourceVersion());
      GenericKubernetesResource object = new GenericKubernetesResource();
      object.setMetadata(objectMeta);
      return object;
    }
  }
}
