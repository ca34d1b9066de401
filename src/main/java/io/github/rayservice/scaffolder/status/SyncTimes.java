package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.resource.Fields;
import io.github.rayservice.scaffolder.status.resource.ObjectReaders;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.time.Instant;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * When Argo CD brought which commit to the cluster: {@code status.history} of a Ray Service's
 * Application, which has the last ten. It is read when it is asked for, because ten times ten
 * thousand of them would be most of the memory of this service.
 */
@ApplicationScoped
public class SyncTimes {
  private static final Logger LOG = Logger.getLogger(SyncTimes.class);

  private final StatusConfig config;
  private final Instance<KubernetesClient> client;

  SyncTimes(StatusConfig config, Instance<KubernetesClient> client) {
    this.config = config;
    this.client = client;
  }

  /** Commit to time; empty when the cluster is not watched, or Argo CD cannot be asked. */
  public Map<String, Instant> of(RayServiceId id) {
    if (!config.enabled()) {
      return Map.of();
    }
    try {
      GenericKubernetesResource application =
          client
              .get()
              .genericKubernetesResources(WatchedKind.APPLICATION.context())
              .inNamespace(config.argocdNamespace())
              .withName(id.applicationName())
              .get();
      return application == null ? Map.of() : ObjectReaders.syncTimes(application);
    } catch (KubernetesClientException | Fields.MalformedException e) {
      LOG.warnf("when Argo CD synced %s is not known: %s", id, e.getMessage());
      return Map.of();
    }
  }
}
