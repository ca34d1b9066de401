package io.github.rayservice.scaffolder.template;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Owner and default values of the Backstage templates. */
@ConfigMapping(prefix = "scaffolder.template")
public interface TemplateConfig {
  /** Owner of the Backstage templates. */
  @WithDefault("group:default/platform")
  String owner();

  /** GitLab host name that the Backstage form proposes. */
  Optional<String> gitlabHost();
}
