package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The kinds that are watched, each with its reader. */
public enum Kind {
  APPLICATION("argoproj.io", "v1alpha1", "applications", "Application"),
  INSTANCE("kro.run", "v1alpha1", "rayservices", "RayService"),
  GRAPH("kro.run", "v1alpha1", "resourcegraphdefinitions", "ResourceGraphDefinition"),
  RAY_SERVICE("ray.io", "v1", "rayservices", "RayService"),
  RAY_CLUSTER("ray.io", "v1", "rayclusters", "RayCluster"),
  POD("", "v1", "pods", "Pod"),
  EVENT("", "v1", "events", "Event"),
  INGRESS("networking.k8s.io", "v1", "ingresses", "Ingress"),
  INGRESS_CLASS("networking.k8s.io", "v1", "ingressclasses", "IngressClass");

  private final String group;
  private final String version;
  private final String plural;
  private final String kind;

  Kind(String group, String version, String plural, String kind) {
    this.group = group;
    this.version = version;
    this.plural = plural;
    this.kind = kind;
  }

  /** API group; empty for the core group. */
  public String group() {
    return group;
  }

  /** Name in addresses and RBAC rules. */
  String plural() {
    return plural;
  }

  Readers.Reader<?> reader() {
    return switch (this) {
      case APPLICATION -> Readers::application;
      case INSTANCE -> Readers::instance;
      case GRAPH -> Readers::graph;
      case RAY_SERVICE -> Readers::rayService;
      case RAY_CLUSTER -> Readers::rayCluster;
      case POD -> PodReader::read;
      case EVENT -> Readers::event;
      case INGRESS -> Readers::ingress;
      case INGRESS_CLASS -> Readers::ingressClass;
    };
  }

  /** As {@code kubectl} takes it; the group tells kro's RayService from KubeRay's. */
  public String words() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  public ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withPlural(plural)
        .withKind(kind)
        .withNamespaced(this != GRAPH && this != INGRESS_CLASS)
        .build();
  }
}
