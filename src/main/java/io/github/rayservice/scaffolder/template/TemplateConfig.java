package io.github.rayservice.scaffolder.template;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Owner and default values of the Backstage templates. */
@ConfigMapping(prefix = "scaffolder.template")
public interface TemplateConfig {
  /** Entity reference of the owner of the templates. */
  @WithDefault("group:default/platform")
  String owner();

  /** Default of the form's ingress class. */
  @WithDefault("nginx")
  String ingressClass();

  /** Default of the form's GitLab host name; when absent, users must fill it in. */
  Optional<String> gitlabHost();
}
