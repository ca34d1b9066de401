package io.github.rayservice.scaffolder.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** How Ray Services appear in the Backstage catalog. */
@ConfigMapping(prefix = "scaffolder.catalog")
public interface CatalogConfig {
  /** Owner of the Component; {@code {namespace}} is the team's. */
  @WithDefault("group:default/{namespace}")
  String owner();

  /** The Backstage System that the Backstage templates contain. */
  String SYSTEM = "system:default/ray-services";

  /** Backstage System of the Component; this one comes with the forms, any other is your own. */
  @WithDefault(SYSTEM)
  String system();

  /** Lifecycle of the Component. */
  @WithDefault("production")
  String lifecycle();

  /**
   * Entity reference of the cluster, such as {@code resource:default/production}, which Components
   * then depend on.
   */
  Optional<String> cluster();

  /**
   * Whether the Serve endpoint of each Ray Service is an API entity, too, which its Component
   * provides.
   */
  @WithDefault("false")
  boolean apis();

  /** Address of Backstage, for links in merge requests and answers. */
  Optional<String> backstageUrl();

  /** Address of Argo CD; gives the Component a link to its Application. */
  Optional<String> argocdUrl();

  /** Address where the repository can be browsed; gives the Component its source location. */
  Optional<String> sourceUrl();
}
