package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.diagnosis.Asked;
import io.github.rayservice.scaffolder.status.diagnosis.Surroundings;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.Wanted;
import io.github.rayservice.scaffolder.status.resource.Access;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Fields;
import io.github.rayservice.scaffolder.status.resource.GraphState;
import io.github.rayservice.scaffolder.status.resource.IngressClassState;
import io.github.rayservice.scaffolder.status.resource.IngressState;
import io.github.rayservice.scaffolder.status.resource.Kind;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.PodReader;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.Readers;
import io.github.rayservice.scaffolder.status.resource.Reading;
import io.github.rayservice.scaffolder.status.resource.Stamp;
import io.github.rayservice.scaffolder.status.resource.WarningEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that the cluster showed, and whose it is: an Application by its name, a KubeRay RayService by
 * kro's labels, what lies in a target namespace by who has that namespace. Not thread-safe.
 */
final class Sightings {
  private final Shelf<ArgoApplication> applications;
  private final Shelf<KroInstance> instances;
  private final Shelf<GraphState> graphs;
  private final Shelf<KubeRayService> rayServices;
  private final Shelf<RayClusterState> rayClusters;
  private final Shelf<PodState> pods;
  private final Shelf<WarningEvent> events;
  private final Shelf<IngressState> ingresses;
  private final Shelf<IngressClassState> ingressClasses;
  private final Map<RayServiceId, Stamp> made = new HashMap<>();
  private final Map<String, Set<RayServiceId>> claims = new HashMap<>();
  private final String argocdNamespace;
  private final String graphName;
  private final Duration patience;

  Sightings(StatusConfig config, Access access) {
    this.applications = new Shelf<>(Readers::application, access);
    this.instances = new Shelf<>(Readers::instance, access);
    this.graphs = new Shelf<>(Readers::graph, access);
    this.rayServices = new Shelf<>(Readers::rayService, access);
    this.rayClusters = new Shelf<>(Readers::rayCluster, access);
    this.pods = new Shelf<>(PodReader::read, access);
    this.events = new Shelf<>(Readers::event, access);
    this.ingresses = new Shelf<>(Readers::ingress, access);
    this.ingressClasses = new Shelf<>(Readers::ingressClass, access);
    this.argocdNamespace = config.argocdNamespace();
    this.graphName = config.resourceGraphDefinition();
    this.patience = config.patience();
  }

  Shelf<?> shelf(Kind kind) {
    return switch (kind) {
      case APPLICATION -> applications;
      case INSTANCE -> instances;
      case GRAPH -> graphs;
      case RAY_SERVICE -> rayServices;
      case RAY_CLUSTER -> rayClusters;
      case POD -> pods;
      case EVENT -> events;
      case INGRESS -> ingresses;
      case INGRESS_CLASS -> ingressClasses;
    };
  }

  /** Takes a state of an object, and says about whom it tells something. */
  Set<RayServiceId> put(Kind kind, GenericKubernetesResource object) {
    return take(kind, object, true);
  }

  /** Takes the end of an object, and says about whom it tells something. */
  Set<RayServiceId> remove(Kind kind, GenericKubernetesResource object) {
    return take(kind, object, false);
  }

  private Set<RayServiceId> take(Kind kind, GenericKubernetesResource object, boolean there) {
    Stamp given = Fields.stamp(object.getMetadata());
    // An end may come with the name alone; whose it was, the last state tells.
    Stamp stamp = there ? given : shelf(kind).stamp(given.namespace(), given.name()).orElse(given);
    Set<RayServiceId> concerned = new HashSet<>();
    if (kind == Kind.INSTANCE) {
      unclaim(stamp, concerned);
    }
    boolean news = there ? shelf(kind).put(object) : shelf(kind).remove(object);
    if (kind == Kind.INSTANCE) {
      claim(stamp, concerned);
    }
    if (!news) {
      return Set.of();
    }
    switch (kind) {
      case APPLICATION -> RayServiceId.ofApplication(stamp.name()).ifPresent(concerned::add);
      case INSTANCE -> RayServiceId.of(stamp.namespace(), stamp.name()).ifPresent(concerned::add);
      case RAY_SERVICE -> {
        stamp
            .owner()
            .ifPresent(id -> {
              concerned.add(id);
              if (there) {
                made.put(id, rayServices.stamp(stamp.namespace(), stamp.name()).orElse(stamp));
              } else {
                made.remove(id);
              }
            });
        concerned.addAll(inhabitants(stamp.namespace()));
      }
      case RAY_CLUSTER, POD, EVENT, INGRESS -> concerned.addAll(inhabitants(stamp.namespace()));
      case GRAPH, INGRESS_CLASS -> concerned.addAll(ids());
    }
    return concerned;
  }

  private void unclaim(Stamp stamp, Set<RayServiceId> concerned) {
    Optional<RayServiceId> id = RayServiceId.of(stamp.namespace(), stamp.name());
    instances
        .find(stamp.namespace(), stamp.name())
        .map(KroInstance::targetNamespace)
        .ifPresent(namespace -> {
          concerned.addAll(inhabitants(namespace));
          Set<RayServiceId> claimants = claims.getOrDefault(namespace, new HashSet<>());
          id.ifPresent(claimants::remove);
          if (claimants.isEmpty()) {
            claims.remove(namespace);
          }
        });
  }

  private void claim(Stamp stamp, Set<RayServiceId> concerned) {
    Optional<RayServiceId> id = RayServiceId.of(stamp.namespace(), stamp.name());
    instances
        .find(stamp.namespace(), stamp.name())
        .map(KroInstance::targetNamespace)
        .filter(namespace -> !namespace.isEmpty())
        .ifPresent(namespace -> {
          id.ifPresent(claims.computeIfAbsent(namespace, n -> new HashSet<>(2))::add);
          concerned.addAll(inhabitants(namespace));
        });
  }

  /** Everybody who might have a target namespace. */
  private Set<RayServiceId> inhabitants(String namespace) {
    Set<RayServiceId> ids = new HashSet<>(claims.getOrDefault(namespace, Set.of()));
    rayServices.stampsIn(namespace).forEach(stamp -> stamp.owner().ifPresent(ids::add));
    return ids;
  }

  /** Everybody of whom the cluster has something. */
  Set<RayServiceId> ids() {
    Set<RayServiceId> ids = new HashSet<>(made.keySet());
    applications.stamps().stream()
        .flatMap(s -> RayServiceId.ofApplication(s.name()).stream())
        .forEach(ids::add);
    instances.stamps().stream()
        .flatMap(s -> RayServiceId.of(s.namespace(), s.name()).stream())
        .forEach(ids::add);
    return ids;
  }

  Observation observe(RayServiceId id, Reading<Wanted> git, Instant now) {
    Reading<KroInstance> instance = instances.reading(id.namespace(), id.name());
    Optional<Stamp> stamp = Optional.ofNullable(made.get(id));
    Optional<String> home = home(id, instance.lastSeen());
    return new Observation(
        id,
        git,
        applications.reading(argocdNamespace, id.applicationName()),
        instance,
        stamp
            .map(s -> rayServices.reading(s.namespace(), s.name()).map(r -> r.settled(now)))
            .orElseGet(rayServices::nothing),
        home.map(rayClusters::in).orElse(List.of()),
        home.map(pods::in).orElse(List.of()));
  }

  /** The commit that Argo CD compared it with last. */
  Optional<String> revision(RayServiceId id) {
    return applications
        .find(argocdNamespace, id.applicationName())
        .flatMap(ArgoApplication::revision);
  }

  /** What the Ray Service depends on. */
  Surroundings around(Observation seen, Asked asked, Instant now) {
    Optional<KroInstance> instance = seen.kro().lastSeen();
    Optional<String> home = home(seen.id(), instance);
    return new Surroundings(
        home.map(events::in).orElse(List.of()),
        home.map(ingresses::in).orElse(List.of()),
        instances.access(),
        rayServices.access(),
        graph(),
        ingressClasses.reading("", instance.map(KroInstance::ingressClass).orElse("")),
        asked,
        now,
        patience);
  }

  /** The hosts of all endpoints. */
  Set<String> hosts() {
    return instances.all().stream()
        .map(KroInstance::host)
        .filter(host -> !host.isEmpty())
        .collect(Collectors.toSet());
  }

  Reading<GraphState> graph() {
    return graphs.reading("", graphName);
  }

  List<IngressClassState> ingressClasses() {
    return ingressClasses.all();
  }

  List<RayClusterState> rayClusters() {
    return rayClusters.all();
  }

  /** Its target namespace, unless another's Ray cluster lives there. */
  private Optional<String> home(RayServiceId id, Optional<KroInstance> instance) {
    return Optional.ofNullable(made.get(id))
        .map(Stamp::namespace)
        .or(() -> instance.map(KroInstance::targetNamespace).filter(n -> !n.isEmpty()))
        .filter(namespace -> made.containsKey(id) || rayServices.stampsIn(namespace).isEmpty());
  }
}
