package io.github.rayservice.scaffolder.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** How Ray Services appear in the Backstage catalog. */
@ConfigMapping(prefix = "scaffolder.catalog")
public interface CatalogConfig {
  /** Entity reference of the owner; {@code {namespace}} stands for the team's namespace. */
  @WithDefault("group:default/{namespace}")
  String owner();

  /** The Backstage System that comes with the forms. */
  String SYSTEM = "system:default/ray-services";

  /**
   * Entity reference of the Backstage System that all Ray Services belong to. {@link #SYSTEM} comes
   * with the forms; any other is the platform's own.
   */
  @WithDefault(SYSTEM)
  String system();

  /** Backstage lifecycle of a new Ray Service. */
  @WithDefault("production")
  String lifecycle();

  /**
   * Entity reference of the cluster, such as {@code resource:default/production-cluster}, which all
   * Ray Services then depend on.
   */
  Optional<String> cluster();

  /** Whether the Serve endpoint of each Ray Service is an API entity, too. */
  @WithDefault("false")
  boolean apis();

  /** Address of Backstage; without it nothing links to it. */
  Optional<String> backstageUrl();

  /** Address of Argo CD's user interface; without it entities carry no link to Argo CD. */
  Optional<String> argocdUrl();

  /**
   * Address under which the GitOps repository's files can be read in a browser, such as {@code
   * https://gitlab.example.com/platform/gitops/-/tree/main}; without it entities carry no source
   * location.
   */
  Optional<String> sourceUrl();
}
