package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The kinds that are watched. */
public enum WatchedKind {
  APPLICATION("argoproj.io", "v1alpha1", "applications", "Application"),
  INSTANCE("kro.run", "v1alpha1", "rayservices", "RayService"),
  RESOURCE_GRAPH_DEFINITION(
      "kro.run", "v1alpha1", "resourcegraphdefinitions", "ResourceGraphDefinition"),
  RAY_SERVICE("ray.io", "v1", "rayservices", "RayService"),
  RAY_CLUSTER("ray.io", "v1", "rayclusters", "RayCluster"),
  NAMESPACE("", "v1", "namespaces", "Namespace"),
  POD("", "v1", "pods", "Pod"),
  EVENT("", "v1", "events", "Event"),
  INGRESS("networking.k8s.io", "v1", "ingresses", "Ingress"),
  INGRESS_CLASS("networking.k8s.io", "v1", "ingressclasses", "IngressClass");

  private final String group;
  private final String version;
  private final String plural;
  private final String kind;

  WatchedKind(String group, String version, String plural, String kind) {
    this.group = group;
    this.version = version;
    this.plural = plural;
    this.kind = kind;
  }

  /** API group; empty for the core group. */
  public String group() {
    return group;
  }

  /** As {@code kubectl} takes it; the group tells kro's RayService from KubeRay's. */
  public String label() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  public ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withPlural(plural)
        .withKind(kind)
        .withNamespaced(
            switch (this) {
              case RESOURCE_GRAPH_DEFINITION, INGRESS_CLASS, NAMESPACE -> false;
              case APPLICATION, INSTANCE, RAY_SERVICE, RAY_CLUSTER, POD, EVENT, INGRESS -> true;
            })
        .build();
  }
}
