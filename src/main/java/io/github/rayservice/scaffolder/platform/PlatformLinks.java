package io.github.rayservice.scaffolder.platform;

import io.github.rayservice.scaffolder.RayServiceId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Where the platform's own pages show a Ray Service. */
@ApplicationScoped
public class PlatformLinks {
  private final CatalogConfig config;

  public PlatformLinks(CatalogConfig config) {
    this.config = config;
  }

  /** Its Component in Backstage; empty when the platform has not said where Backstage is. */
  public Optional<String> backstage(RayServiceId id) {
    return config
        .backstageUrl()
        .map(url -> below(url, "catalog/" + id.namespace() + "/component/" + id.name()));
  }

  /** Its Argo CD Application; empty when the platform has not said where Argo CD is. */
  public Optional<String> argoCd(RayServiceId id) {
    return config.argocdUrl().map(url -> below(url, "applications/" + id.applicationName()));
  }

  /** {@code https://<host>/ray-serve/<name>/}, the Ray Serve endpoint. */
  public static String serve(String host, String name) {
    return "https://" + host + "/ray-serve/" + name + "/";
  }

  /** {@code https://<host>/ray-dashboard/<name>/}, the Ray dashboard. */
  public static String dashboard(String host, String name) {
    return "https://" + host + "/ray-dashboard/" + name + "/";
  }

  public static String below(String url, String path) {
    return url + (url.endsWith("/") ? "" : "/") + path;
  }
}
