package io.github.rayservice.scaffolder.status.platform;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.github.rayservice.scaffolder.status.StatusConfig;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.Fields;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the cluster must have for Ray Services to run, and whether it has it. */
@ApplicationScoped
public class Dependencies {
  /** 500 pods are one or two megabytes; a cluster may have tens of thousands of pods. */
  private static final long PAGE = 500;

  private static final Duration RARELY = Duration.ofMinutes(5);

  private final StatusConfig config;
  private final Instance<KubernetesClient> client;
  private final StatusStore statusStore;
  private final Clock clock;
  private volatile List<Dependency> requested = List.of();
  private volatile Instant requestedAt = Instant.EPOCH;

  Dependencies(
      StatusConfig config,
      Instance<KubernetesClient> client,
      StatusStore statusStore,
      Clock clock) {
    this.config = config;
    this.client = client;
    this.statusStore = statusStore;
    this.clock = clock;
  }

  /**
   * What is watched is known at once; the rest is requested from the cluster when what is known is
   * older than {@link StatusConfig#dependenciesMaxAge}, once for all who ask.
   */
  public List<Dependency> check() {
    if (isOlderThan(config.dependenciesMaxAge())) {
      synchronized (this) {
        if (isOlderThan(config.dependenciesMaxAge())) {
          refresh();
        }
      }
    }
    return lastResults();
  }

  private boolean isOlderThan(Duration age) {
    return !requestedAt.plus(age).isAfter(clock.instant());
  }

  /** What is watched as it is now, the rest as of the last request. */
  public List<Dependency> lastResults() {
    if (!config.enabled()) {
      return List.of(
          new Dependency(
              "Cluster",
              Dependency.State.UNKNOWN,
              "no cluster is watched",
              "set scaffolder.status.enabled where the service runs in the cluster"));
    }
    return Stream.concat(OperatorChecks.of(statusStore.platform()).stream(), requested.stream())
        .toList();
  }

  /**
   * Checks again while a Ray Service lacks capacity, because its diagnosis says how much is free.
   * Otherwise it checks rarely, for readiness.
   */
  @Scheduled(
      every = "{scaffolder.status.dependencies-interval}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void refreshIfDue() {
    if (config.enabled() && (isOlderThan(RARELY) || statusStore.lacksCapacity())) {
      refresh();
    }
  }

  private synchronized void refresh() {
    if (!config.enabled()) {
      return;
    }
    Dependency capacity = check("Capacity", "nodes and pods", this::capacity);
    requested =
        List.of(
            object("Argo CD project", "appprojects", "AppProject", config.argocdProject()),
            object(
                "Argo CD ApplicationSet",
                "applicationsets",
                "ApplicationSet",
                config.argocdApplicationSet()),
            capacity);
    requestedAt = clock.instant();
    statusStore.capacity(
        capacity.state() == Dependency.State.OK ? Optional.of(capacity.found()) : Optional.empty());
  }

  private Dependency object(String name, String plural, String kind, String wanted) {
    return check(
        name,
        plural,
        () -> {
          GenericKubernetesResource found =
              client
                  .get()
                  .genericKubernetesResources(
                      new ResourceDefinitionContext.Builder()
                          .withGroup("argoproj.io")
                          .withVersion("v1alpha1")
                          .withPlural(plural)
                          .withKind(kind)
                          .withNamespaced(true)
                          .build())
                  .inNamespace(config.argocdNamespace())
                  .withName(wanted)
                  .get();
          if (found == null) {
            return Dependency.problem(
                name,
                "there is no %s %s in the namespace %s"
                    .formatted(kind, wanted, config.argocdNamespace()),
                "apply k8s/platform, or name yours in scaffolder.status");
          }
          return Fields.of(found).at("status").conditions().stream()
              .filter(c -> c.type().equals("ErrorOccurred") && c.isTrue())
              .findFirst()
              .map(c -> Dependency.problem(name, c.message(), "fix what Argo CD says"))
              .orElse(Dependency.ok(name, wanted));
        });
  }

  private Dependency capacity() {
    Capacity capacity = new Capacity(client.get().nodes().list().getItems());
    ListOptions page = new ListOptionsBuilder().withLimit(PAGE).build();
    do {
      PodList pods = client.get().pods().inAnyNamespace().list(page);
      capacity.take(pods.getItems());
      page.setContinue(pods.getMetadata().getContinue());
    } while (page.getContinue() != null && !page.getContinue().isEmpty());
    return capacity.dependency();
  }

  private Dependency check(String name, String what, Supplier<Dependency> look) {
    // The client would try for minutes, though the cluster is known to be unavailable.
    Optional<String> unavailable = statusStore.unavailableReason();
    if (unavailable.isPresent()) {
      return Dependency.unknown(name, unavailable.get());
    }
    try {
      return look.get();
    } catch (KubernetesClientException e) {
      return Dependency.unknown(name, ClusterError.of(e, what, "read").message());
    } catch (Fields.MalformedException e) {
      return Dependency.unknown(name, String.valueOf(e.getMessage()));
    }
  }
}
