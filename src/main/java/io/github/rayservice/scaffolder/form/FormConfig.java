package io.github.rayservice.scaffolder.form;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** What this platform allows beyond the rules of Kubernetes, KubeRay and kro. */
@ConfigMapping(prefix = "scaffolder.form")
public interface FormConfig {
  String PROTECTED =
      "default,kube-*,openshift*,argocd,argo-cd,kro,kro-system,kuberay*,ingress-nginx,cert-manager,gatekeeper-system,"
          + "istio-system,flux-system,backstage,gitlab*,monitoring,rayservice-scaffolder";

  /** Namespaces that no Ray Service may use as its target; a {@code *} matches any characters. */
  @WithDefault(PROTECTED)
  List<String> protectedNamespaces();

  /** Hosts that endpoints may have; empty for any host. */
  Optional<List<String>> hosts();

  /**
   * Schemes that the URL of an application's zip may have: {@code https}, {@code s3}, {@code gs}.
   * For the last two, the image needs the client of that storage and the pods an identity there.
   */
  @WithDefault("https")
  List<String> serveFileSchemes();

  /** Hosts (for s3 and gs: buckets) that an application's zip may come from; empty for any. */
  Optional<List<String>> serveFileHosts();

  /** Maximum number of Ray worker pods of one Ray Service; the form itself allows 1000. */
  @WithDefault("1000")
  int maxReplicas();

  /** Maximum number of GPUs of one Ray worker pod; the form itself allows 64. */
  @WithDefault("64")
  int maxGpus();
}
