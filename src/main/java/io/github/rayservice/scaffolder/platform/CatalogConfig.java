package io.github.rayservice.scaffolder.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** How Ray Services appear in the Backstage catalog. */
@ConfigMapping(prefix = "scaffolder.catalog")
public interface CatalogConfig {
  /** Entity reference of the owner; {@code {namespace}} is replaced by the team's namespace. */
  @WithDefault("group:default/{namespace}")
  String owner();

  /** The Backstage System that the Backstage templates contain. */
  String SYSTEM = "system:default/ray-services";

  /**
   * Entity reference of the Backstage System that all Ray Services belong to. The Backstage
   * templates contain {@link #SYSTEM}; any other System must exist in the catalog.
   */
  @WithDefault(SYSTEM)
  String system();

  /** Backstage lifecycle of a new Ray Service. */
  @WithDefault("production")
  String lifecycle();

  /**
   * Entity reference of the cluster that all Ray Services depend on, such as {@code
   * resource:default/production-cluster}; when absent, entities have no such dependency.
   */
  Optional<String> cluster();

  /** Whether the Ray Serve endpoint of each Ray Service is also an API entity. */
  @WithDefault("false")
  boolean apis();

  /** URL of Backstage; when absent, there are no links to Backstage. */
  Optional<String> backstageUrl();

  /** URL of Argo CD's user interface; when absent, there are no links to Argo CD. */
  Optional<String> argocdUrl();

  /**
   * URL at which a browser shows the files of the GitOps repository, such as {@code
   * https://gitlab.example.com/platform/gitops/-/tree/main}; when absent, entities have no source
   * location.
   */
  Optional<String> sourceUrl();
}
