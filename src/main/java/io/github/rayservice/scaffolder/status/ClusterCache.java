package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.diagnosis.DiagnosisContext;
import io.github.rayservice.scaffolder.status.diagnosis.ProbeResults;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Fields;
import io.github.rayservice.scaffolder.status.resource.IngressClassState;
import io.github.rayservice.scaffolder.status.resource.IngressState;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.NamespaceState;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.ObjectReaders;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.PodReader;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.ResourceGraphDefinitionState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.WarningEvent;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The objects of the cluster, and the Ray Services to which they belong: an Application by its
 * name, a KubeRay RayService by kro's labels, an object in a target namespace by the Ray Service
 * that has that namespace. Not thread-safe.
 */
final class ClusterCache {
  private final ResourceStore<ArgoApplication> applications;
  private final ResourceStore<KroInstance> instances;
  private final ResourceStore<ResourceGraphDefinitionState> graphs;
  private final ResourceStore<KubeRayService> rayServices;
  private final ResourceStore<RayClusterState> rayClusters;
  private final ResourceStore<NamespaceState> namespaces;
  private final ResourceStore<PodState> pods;
  private final ResourceStore<WarningEvent> events;
  private final ResourceStore<IngressState> ingresses;
  private final ResourceStore<IngressClassState> ingressClasses;
  private final Map<RayServiceId, ObjectMetadata> owned = new HashMap<>();
  private final Map<String, Set<RayServiceId>> claims = new HashMap<>();
  private final String argocdNamespace;
  private final String graphName;

  ClusterCache(StatusConfig config, SourceState state) {
    this.applications = new ResourceStore<>(ObjectReaders::application, state);
    this.instances = new ResourceStore<>(ObjectReaders::instance, state);
    this.graphs = new ResourceStore<>(ObjectReaders::graph, state);
    this.rayServices = new ResourceStore<>(ObjectReaders::rayService, state);
    this.rayClusters = new ResourceStore<>(ObjectReaders::rayCluster, state);
    this.namespaces = new ResourceStore<>(ObjectReaders::namespace, state);
    this.pods = new ResourceStore<>(PodReader::read, state);
    this.events = new ResourceStore<>(ObjectReaders::event, state);
    this.ingresses = new ResourceStore<>(ObjectReaders::ingress, state);
    this.ingressClasses = new ResourceStore<>(ObjectReaders::ingressClass, state);
    this.argocdNamespace = config.argocdNamespace();
    this.graphName = config.resourceGraphDefinition();
  }

  ResourceStore<?> store(WatchedKind kind) {
    return switch (kind) {
      case APPLICATION -> applications;
      case INSTANCE -> instances;
      case RESOURCE_GRAPH_DEFINITION -> graphs;
      case RAY_SERVICE -> rayServices;
      case RAY_CLUSTER -> rayClusters;
      case NAMESPACE -> namespaces;
      case POD -> pods;
      case EVENT -> events;
      case INGRESS -> ingresses;
      case INGRESS_CLASS -> ingressClasses;
    };
  }

  /** Whether each kind can be read. */
  Map<WatchedKind, SourceState> states() {
    Map<WatchedKind, SourceState> states = new EnumMap<>(WatchedKind.class);
    for (WatchedKind kind : WatchedKind.values()) {
      states.put(kind, store(kind).state());
    }
    return states;
  }

  /** Stores an object, and returns the Ray Services that it concerns. */
  Set<RayServiceId> put(WatchedKind kind, GenericKubernetesResource object) {
    return take(kind, object, true);
  }

  /** Removes an object, and returns the Ray Services that it concerned. */
  Set<RayServiceId> remove(WatchedKind kind, GenericKubernetesResource object) {
    return take(kind, object, false);
  }

  private Set<RayServiceId> take(
      WatchedKind kind, GenericKubernetesResource object, boolean exists) {
    ObjectMetadata given = Fields.metadata(object.getMetadata());
    // A deletion may come with the name alone. The last stored state has the owner.
    ObjectMetadata metadata =
        exists ? given : store(kind).metadata(given.namespace(), given.name()).orElse(given);
    Set<RayServiceId> concerned = new HashSet<>();
    if (kind == WatchedKind.INSTANCE) {
      unclaim(metadata, concerned);
    }
    boolean changed = exists ? store(kind).put(object) : store(kind).remove(object);
    if (kind == WatchedKind.INSTANCE) {
      claim(metadata, concerned);
    }
    if (!changed) {
      return Set.of();
    }
    switch (kind) {
      case APPLICATION -> RayServiceId.ofApplication(metadata.name()).ifPresent(concerned::add);
      case INSTANCE ->
          RayServiceId.of(metadata.namespace(), metadata.name()).ifPresent(concerned::add);
      case RAY_SERVICE -> {
        metadata
            .owner()
            .ifPresent(id -> {
              concerned.add(id);
              if (exists) {
                owned.put(
                    id,
                    rayServices.metadata(metadata.namespace(), metadata.name()).orElse(metadata));
              } else {
                owned.remove(id);
              }
            });
        concerned.addAll(candidates(metadata.namespace()));
      }
      case NAMESPACE -> concerned.addAll(candidates(metadata.name()));
      case RAY_CLUSTER, POD, EVENT, INGRESS -> concerned.addAll(candidates(metadata.namespace()));
      case RESOURCE_GRAPH_DEFINITION, INGRESS_CLASS -> concerned.addAll(ids());
    }
    return concerned;
  }

  private void unclaim(ObjectMetadata metadata, Set<RayServiceId> concerned) {
    Optional<RayServiceId> id = RayServiceId.of(metadata.namespace(), metadata.name());
    instances
        .find(metadata.namespace(), metadata.name())
        .map(KroInstance::targetNamespace)
        .ifPresent(namespace -> {
          concerned.addAll(candidates(namespace));
          Set<RayServiceId> claimants = claims.getOrDefault(namespace, new HashSet<>());
          id.ifPresent(claimants::remove);
          if (claimants.isEmpty()) {
            claims.remove(namespace);
          }
        });
  }

  private void claim(ObjectMetadata metadata, Set<RayServiceId> concerned) {
    Optional<RayServiceId> id = RayServiceId.of(metadata.namespace(), metadata.name());
    instances
        .find(metadata.namespace(), metadata.name())
        .map(KroInstance::targetNamespace)
        .filter(namespace -> !namespace.isEmpty())
        .ifPresent(namespace -> {
          id.ifPresent(claims.computeIfAbsent(namespace, n -> new HashSet<>(2))::add);
          concerned.addAll(candidates(namespace));
        });
  }

  /** All Ray Services that may have a target namespace. */
  private Set<RayServiceId> candidates(String namespace) {
    Set<RayServiceId> ids = new HashSet<>(claims.getOrDefault(namespace, Set.of()));
    rayServices.metadataIn(namespace).forEach(metadata -> metadata.owner().ifPresent(ids::add));
    return ids;
  }

  /** All Ray Services of which the cluster has an object. */
  Set<RayServiceId> ids() {
    Set<RayServiceId> ids = new HashSet<>(owned.keySet());
    applications.allMetadata().stream()
        .flatMap(s -> RayServiceId.ofApplication(s.name()).stream())
        .forEach(ids::add);
    instances.allMetadata().stream()
        .flatMap(s -> RayServiceId.of(s.namespace(), s.name()).stream())
        .forEach(ids::add);
    return ids;
  }

  Observation observe(RayServiceId id, Observed<DesiredState> git) {
    Observed<KroInstance> instance = instances.observed(id.namespace(), id.name());
    Optional<ObjectMetadata> rayService = Optional.ofNullable(owned.get(id));
    Optional<String> namespace = namespaceOf(id, instance.lastKnown());
    return new Observation(
        id,
        git,
        applications.observed(argocdNamespace, id.applicationName()),
        instance,
        rayService
            .map(s -> rayServices.observed(s.namespace(), s.name()))
            .orElseGet(rayServices::nothing),
        namespace.map(rayClusters::in).orElse(List.of()),
        namespace.map(pods::in).orElse(List.of()));
  }

  /** The commit that Argo CD compared it with last. */
  Optional<String> revision(RayServiceId id) {
    return applications
        .find(argocdNamespace, id.applicationName())
        .flatMap(ArgoApplication::revision);
  }

  /** What the Ray Service depends on. */
  DiagnosisContext contextOf(Observation seen, ProbeResults probes) {
    Optional<KroInstance> instance = seen.kro().lastKnown();
    Optional<String> namespace = namespaceOf(seen.id(), instance);
    return new DiagnosisContext(
        namespace
            .flatMap(name -> namespaces.find("", name))
            .filter(found -> found.metadata().owner().filter(seen.id()::equals).isPresent()),
        namespace.map(events::in).orElse(List.of()),
        namespace.map(ingresses::in).orElse(List.of()),
        instances.state(),
        rayServices.state(),
        graph(),
        ingressClasses.observed("", instance.map(KroInstance::ingressClass).orElse("")),
        probes);
  }

  /** The hosts of all endpoints. */
  Set<String> hosts() {
    return instances.all().stream()
        .map(KroInstance::host)
        .filter(host -> !host.isEmpty())
        .collect(Collectors.toSet());
  }

  Observed<ResourceGraphDefinitionState> graph() {
    return graphs.observed("", graphName);
  }

  List<IngressClassState> ingressClasses() {
    return ingressClasses.all();
  }

  List<RayClusterState> rayClusters() {
    return rayClusters.all();
  }

  /** Its target namespace, unless the Ray cluster of another Ray Service is there. */
  private Optional<String> namespaceOf(RayServiceId id, Optional<KroInstance> instance) {
    return Optional.ofNullable(owned.get(id))
        .map(ObjectMetadata::namespace)
        .or(() -> instance.map(KroInstance::targetNamespace).filter(n -> !n.isEmpty()))
        .filter(namespace -> owned.containsKey(id) || rayServices.isEmptyIn(namespace));
  }
}
