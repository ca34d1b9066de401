package io.github.rayservice.scaffolder.status;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The cluster that is watched. Where it is and how to log in, the Kubernetes client knows. */
@ConfigMapping(prefix = "scaffolder.status")
public interface StatusConfig {
  /**
   * Watch the cluster that the Kubernetes client finds: the pod's own, or that of {@code
   * KUBECONFIG}.
   */
  @WithDefault("false")
  boolean enabled();

  /** Namespace of Argo CD's Applications. */
  @WithDefault("argocd")
  String argocdNamespace();

  /** AppProject of the Applications. */
  @WithDefault("rayservices")
  String argocdProject();

  /** ApplicationSet that makes them. */
  @WithDefault("rayservices")
  String argocdApplicationSet();

  /** kro's definition of the kind RayService. */
  @WithDefault("rayservice.kro.run")
  String resourceGraphDefinition();

  /** How often Git and open merge requests are read for the status; {@code off} never does. */
  @WithDefault("10s")
  String gitInterval();

  /** How often it is checked that watches live; {@code off} never does. */
  @WithDefault("1s")
  String checkInterval();

  /**
   * How long a watch may be cut off before what it showed counts as unknown; the API server ends
   * each after some minutes, and all of a kind when its definition changes.
   */
  @WithDefault("15s")
  Duration watchGrace();

  /**
   * How often the hosts of endpoints are looked up and, while a Ray Service has not enough, it is
   * asked how much of the cluster is free; {@code off} never asks by itself.
   */
  @WithDefault("15s")
  String dependenciesInterval();

  /**
   * How old the answer about dependencies may be that is not watched, such as how much of the
   * cluster is free.
   */
  @WithDefault("15s")
  Duration dependenciesMaxAge();

  /**
   * How long an operator may take to look at an object, kro or Argo CD to get over an error, a
   * worker to join, an Ingress to get its address and the first look at the cluster to end, before
   * that is said.
   */
  @WithDefault("1m")
  Duration patience();

  /**
   * How long Argo CD may take to look at Git, a Ray cluster or a Serve application to start, an
   * upgrade and a deletion to end, before that is said; more than the largest model takes.
   */
  @WithDefault("15m")
  Duration longPatience();

  /** How many transitions of one Ray Service are remembered. */
  @WithDefault("20")
  int history();

  /** How long an event stream may be silent. */
  @WithDefault("15s")
  Duration heartbeat();
}
