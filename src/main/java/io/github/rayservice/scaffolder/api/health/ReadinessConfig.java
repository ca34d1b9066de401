package io.github.rayservice.scaffolder.api.health;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How readiness is found out. */
@ConfigMapping(prefix = "scaffolder.readiness")
interface ReadinessConfig {
  /**
   * How old the look at the repository and at GitLab may be that answers a probe; an older one is
   * answered, too, while the next look goes on. {@code 0s} looks for each probe.
   */
  @WithDefault("10s")
  Duration maxAge();
}
