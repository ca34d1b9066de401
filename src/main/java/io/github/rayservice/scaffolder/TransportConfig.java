package io.github.rayservice.scaffolder;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How tokens travel. */
@ConfigMapping(prefix = "scaffolder.transport")
public interface TransportConfig {
  /**
   * Whether a token may go over plain http to hosts that end in {@code .svc} or {@code
   * .svc.cluster.local}: for a cluster whose network no tenant can listen to.
   */
  @WithDefault("false")
  boolean httpInCluster();
}
