package io.github.rayservice.scaffolder.status.watch;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.github.rayservice.scaffolder.status.StatusConfig;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/**
 * Watches the cluster. Each kind has its own watch, so a kind that is forbidden or not installed
 * does not affect the others. The service starts without waiting for the cluster.
 */
@ApplicationScoped
class ClusterWatch {
  private static final Logger LOG = Logger.getLogger(ClusterWatch.class);

  /**
   * A pod has about ten kilobytes, and needs several times as much while it is read. All kinds are
   * listed at once.
   */
  private static final long PAGE = 100;

  private final StatusConfig config;
  private final Instance<KubernetesClient> client;
  private final StatusStore statusStore;

  /** The scheduler may run before the start is complete. */
  private final List<InformerSupervisor> watches = new CopyOnWriteArrayList<>();

  ClusterWatch(StatusConfig config, Instance<KubernetesClient> client, StatusStore statusStore) {
    this.config = config;
    this.client = client;
    this.statusStore = statusStore;
  }

  void start(@Observes StartupEvent start) {
    if (!config.enabled()) {
      LOG.info("no cluster is watched (scaffolder.status.enabled)");
      return;
    }
    begin();
  }

  void begin() {
    for (WatchedKind kind : WatchedKind.values()) {
      InformerSupervisor watch =
          new InformerSupervisor(
              kind,
              () -> selected(kind).withLimit(PAGE).runnableInformer(0),
              statusStore,
              config.watchGrace());
      watches.add(watch);
      watch.start();
    }
  }

  /** Selects no more than is read; RBAC in k8s/service allows the same kinds. */
  private FilterWatchListDeletable<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      selected(WatchedKind kind) {
    MixedOperation<
            GenericKubernetesResource,
            GenericKubernetesResourceList,
            Resource<GenericKubernetesResource>>
        all = client.get().genericKubernetesResources(kind.context());
    return switch (kind) {
      case APPLICATION -> all.inNamespace(config.argocdNamespace());
      case INSTANCE -> all.inAnyNamespace();
      case INGRESS_CLASS -> all;
      case INGRESS ->
          all.inAnyNamespace().withLabel("app.kubernetes.io/part-of", "rayservice-scaffolder");
      case RESOURCE_GRAPH_DEFINITION ->
          all.withField("metadata.name", config.resourceGraphDefinition());
      case NAMESPACE -> all.withLabel("kro.run/instance-name");
      case RAY_SERVICE -> all.inAnyNamespace().withLabel("kro.run/instance-name");
      case RAY_CLUSTER ->
          all.inAnyNamespace().withLabel("ray.io/originated-from-crd", "RayService");
      case POD -> all.inAnyNamespace().withLabel("ray.io/cluster");
      case EVENT -> all.inAnyNamespace().withField("type", "Warning");
    };
  }

  @Scheduled(
      every = "{scaffolder.status.check-interval}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void check() {
    watches.forEach(InformerSupervisor::check);
    statusStore.reevaluateDue();
  }

  @PreDestroy
  void stop() {
    watches.forEach(InformerSupervisor::stop);
  }
}
