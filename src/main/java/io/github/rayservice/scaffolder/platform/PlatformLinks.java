package io.github.rayservice.scaffolder.platform;

import io.github.rayservice.scaffolder.RayServiceId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** URLs of the pages about a Ray Service. */
@ApplicationScoped
public class PlatformLinks {
  private final CatalogConfig config;

  public PlatformLinks(CatalogConfig config) {
    this.config = config;
  }

  /** URL of the Component in Backstage; empty when {@link CatalogConfig#backstageUrl} is absent. */
  public Optional<String> backstage(RayServiceId id) {
    return config
        .backstageUrl()
        .map(url -> below(url, "catalog/" + id.namespace() + "/component/" + id.name()));
  }

  /** URL of the Argo CD Application; empty when {@link CatalogConfig#argocdUrl} is absent. */
  public Optional<String> argoCd(RayServiceId id) {
    return config.argocdUrl().map(url -> below(url, "applications/" + id.applicationName()));
  }

  /**
   * The Ray Serve endpoint: {@code https://<host>/} of a host that is for one Ray Service alone,
   * {@code https://<host>/ray-serve/<name>/} of one that many share.
   */
  public static String serve(String host, boolean ownHost, String name) {
    return "https://" + host + (ownHost ? "/" : "/ray-serve/" + name + "/");
  }

  /** The URL with a path behind it, with one slash between the two. */
  public static String below(String url, String path) {
    return url + (url.endsWith("/") ? "" : "/") + path;
  }
}
