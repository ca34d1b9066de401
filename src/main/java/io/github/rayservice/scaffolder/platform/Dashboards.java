package io.github.rayservice.scaffolder.platform;

import io.github.rayservice.scaffolder.RayServiceId;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the Ray dashboards of this platform are. */
@Startup
@ApplicationScoped
public class Dashboards {
  private static final String MODE = "scaffolder.dashboard.mode";
  private static final String DOMAIN = "scaffolder.dashboard.domain";
  private static final Pattern DOMAIN_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+");

  private static final Pattern NAMESPACE = Pattern.compile(RayServiceId.DNS_1123_LABEL);
  private static final Pattern NAME = Pattern.compile(RayServiceId.DNS_1035_LABEL);

  private final DashboardConfig config;

  /**
   * Reads the settings.
   *
   * @throws IllegalStateException with the setting that is missing, of no use or no domain
   */
  public Dashboards(DashboardConfig config) {
    this.config = config;
    boolean guarded = config.mode() == DashboardConfig.Mode.GUARDED;
    if (guarded && config.domain().isEmpty()) {
      throw new IllegalStateException(
          DOMAIN + " is not set: " + MODE + " guarded needs it, such as dashboards.company.com");
    }
    config
        .domain()
        .filter(domain -> !guarded || !DOMAIN_NAME.matcher(domain).matches())
        .ifPresent(domain -> {
          throw new IllegalStateException(
              guarded
                  ? DOMAIN
                      + ": \"%s\" is no domain, such as dashboards.company.com, in lower case and without scheme, port, path and *"
                          .formatted(domain)
                  : DOMAIN + " is of no use unless " + MODE + " is guarded");
        });
  }

  /**
   * The dashboard of a Ray Service. Empty for names that Kubernetes does not have, as a person may
   * have written them into a file: they would be part of a command.
   */
  public Optional<Dashboard> of(String host, String name, String targetNamespace) {
    if (!NAMESPACE.matcher(targetNamespace).matches() || !NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    Optional<String> url = url(host, name, targetNamespace);
    return Optional.of(
        new Dashboard(
            url,
            // KubeRay keeps the token of each Ray cluster in a Secret of the cluster's name.
            "kubectl -n %s get secrets -l ray.io/cluster -o go-template='{{range .items}}{{.metadata.name}} {{base64decode .data.auth_token}}{{println}}{{end}}'"
                .formatted(targetNamespace),
            url.isPresent()
                ? Optional.empty()
                // KubeRay's Service for the head of the Ray cluster that answers.
                : Optional.of(
                    "kubectl -n %s port-forward service/%s-head-svc 8265"
                        .formatted(targetNamespace, name))));
  }

  private Optional<String> url(String host, String name, String targetNamespace) {
    return switch (config.mode()) {
      case TOKEN -> Optional.of("https://" + host + "/ray-dashboard/" + name + "/");
      case GUARDED ->
          Optional.of("https://" + targetNamespace + "." + config.domain().orElseThrow() + "/");
      case NONE -> Optional.empty();
    };
  }
}
