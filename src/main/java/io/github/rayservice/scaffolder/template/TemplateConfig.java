package io.github.rayservice.scaffolder.template;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** What the Backstage forms propose beyond the service's own defaults. */
@ConfigMapping(prefix = "scaffolder.template")
public interface TemplateConfig {
  /** Entity reference of who owns the templates. */
  @WithDefault("group:default/platform")
  String owner();

  /** Ingress class that the form proposes. */
  @WithDefault("nginx")
  String ingressClass();

  /** GitLab host name that the form proposes; without it people fill it in. */
  Optional<String> gitlabHost();
}
