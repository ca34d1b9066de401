package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.policy.HostPattern;
import io.github.rayservice.scaffolder.form.policy.IngressClassName;
import io.github.rayservice.scaffolder.form.value.DownloadHost;
import io.github.rayservice.scaffolder.form.value.IdentityGrant;
import io.github.rayservice.scaffolder.form.value.ImagePrefix;
import io.github.rayservice.scaffolder.form.value.Quantities;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** What this platform allows beyond the rules of Kubernetes, KubeRay and kro. */
@ConfigMapping(prefix = "scaffolder.form")
public interface FormConfig {
  String PROTECTED =
      "default,kube-*,openshift*,argocd,argo-cd,kro,kro-system,kuberay*,ingress-nginx,cert-manager,gatekeeper-system,"
          + "istio-system,flux-system,backstage,gitlab*,monitoring,rayservice-scaffolder";

  String REFUSED_TEAMS =
      "kube-*,argocd,default,kro-system,kuberay*,ingress-nginx,rayservice-scaffolder";

  /**
   * Namespaces that are no team's, so that no Ray Service may be there; {@code *} matches any
   * characters. Argo CD's project refuses the same.
   */
  @WithDefault(REFUSED_TEAMS)
  List<String> refusedTeamNamespaces();

  /** Target namespaces that no Ray Service may take; {@code *} matches any characters. */
  @WithDefault(PROTECTED)
  List<String> protectedNamespaces();

  /**
   * Hosts that endpoints may have, separated by commas: {@code models.company.com}, or {@code
   * *.models.company.com} for a host of each Ray Service. The first is that of a form that names
   * none. Without it any host, but a packaged service does not start.
   */
  Optional<List<@WithConverter(HostPattern.Reader.class) HostPattern>> hosts();

  /**
   * Ingress classes that a form may ask for, separated by commas; the first is that of a form that
   * names none.
   */
  @WithDefault("nginx")
  List<@WithConverter(IngressClassName.Reader.class) IngressClassName> ingressClasses();

  /**
   * Schemes that an application's zip may have: {@code https}, {@code s3}, {@code gs}. The last two
   * need the storage's client in the image and an identity of the pods there.
   */
  @WithDefault("https")
  List<String> serveFileSchemes();

  /**
   * Hosts (for s3 and gs: buckets) that an application's zip may come from, and a package that is
   * named by its URL, separated by commas; without it any. Packages that are named alone come from
   * pip's index.
   */
  Optional<List<@WithConverter(DownloadHost.Reader.class) DownloadHost>> serveFileHosts();

  /**
   * Registries and repositories that an image may come from, separated by commas, as below; without
   * it any.
   */
  Optional<List<@WithConverter(ImagePrefix.Reader.class) ImagePrefix>> images();

  /** Most workers of one Ray Service. */
  @WithDefault("1000")
  int maxReplicas();

  /** Most GPUs of one worker, and most devices of a profile. */
  @WithDefault("64")
  int maxGpus();

  /**
   * Most CPU of one Ray Service, its head and most workers together, such as {@code 64}; without it
   * any.
   */
  Optional<@WithConverter(Quantities.Reader.class) BigDecimal> maxCpu();

  /**
   * Most memory of one Ray Service, its head and most workers together, such as {@code 256Gi};
   * without it any.
   */
  Optional<@WithConverter(Quantities.Reader.class) BigDecimal> maxMemory();

  /** Most GPUs and other devices of one Ray Service; without it any. */
  Optional<Integer> maxDevices();

  /**
   * Most CPU of all Ray Services of a team together, accepted and proposed, each counted as for
   * {@code max-cpu}; without it any.
   */
  Optional<@WithConverter(Quantities.Reader.class) BigDecimal> teamMaxCpu();

  /** Most memory of all Ray Services of a team together; without it any. */
  Optional<@WithConverter(Quantities.Reader.class) BigDecimal> teamMaxMemory();

  /** Most GPUs and other devices of all Ray Services of a team together; without it any. */
  Optional<Integer> teamMaxDevices();

  /**
   * Roles in a cloud that teams may take as {@code cloudIdentity}, separated by commas, each {@code
   * team=role}, in which {@code *} matches any characters: {@code
   * team-ml=arn:aws:iam::123456789012:role/team-ml-*}. Without it no team may take any.
   */
  Optional<List<@WithConverter(IdentityGrant.Reader.class) IdentityGrant>> cloudIdentities();
}
