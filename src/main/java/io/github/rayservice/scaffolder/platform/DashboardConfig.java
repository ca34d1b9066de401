package io.github.rayservice.scaffolder.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** How people get to the Ray dashboards of this platform. */
@ConfigMapping(prefix = "scaffolder.dashboard")
public interface DashboardConfig {
  /**
   * {@code token}: the host of the endpoints shows it to who has the token; {@code guarded}: each
   * has a host of its own, behind the platform's sign-in; {@code none}: only by a port-forward.
   */
  @WithDefault("token")
  Mode mode();

  /**
   * Domain of the guarded dashboards, such as {@code dashboards.company.com}; each is at its target
   * namespace below it. Only for {@code guarded}, which needs it.
   */
  Optional<String> domain();

  /** The ways to a dashboard. */
  enum Mode {
    TOKEN,
    GUARDED,
    NONE
  }
}
