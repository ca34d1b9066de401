package io.github.rayservice.scaffolder.form.hardware;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** The kinds of hardware that this platform offers. Without a profile, forms have none to name. */
@ConfigMapping(prefix = "scaffolder.hardware")
public interface HardwareConfig {
  /** In the order in which the forms show them. */
  List<Profile> profiles();

  /** Currency of the prices, three letters of ISO 4217. */
  @WithDefault("USD")
  String currency();

  /** A kind of hardware. */
  interface Profile {
    /** What a form calls it: lower-case letters, digits and {@code -}. */
    String name();

    /** What people read; without it the name. */
    Optional<String> title();

    /** Extended resource of each pod, such as {@code nvidia.com/gpu}. */
    Optional<String> resource();

    /** How much of it, 1 to 64; without it 1. */
    Optional<Integer> count();

    /** Labels of the nodes, each written {@code label=value}, separated by commas. */
    Optional<List<String>> nodeSelector();

    /** Taints of the nodes that the pods tolerate. */
    List<Toleration> tolerations();

    /** What the tag of {@code rayproject/ray} ends in, such as {@code -gpu}. */
    Optional<String> imageSuffix();

    /** Container image instead of {@code rayproject/ray}. */
    Optional<String> image();

    /** RuntimeClass of the pods. */
    Optional<String> runtimeClass();

    /** What each pod costs for an hour, such as {@code 1.21}. */
    Optional<BigDecimal> pricePerHour();
  }

  /** A toleration of Kubernetes. */
  interface Toleration {
    /** Key of a taint that the pods tolerate; without it every taint. */
    Optional<String> key();

    /** {@code Exists} or {@code Equal}; without it {@code Equal} where there is a value. */
    Optional<String> operator();

    /** Value of the taint. */
    Optional<String> value();

    /** {@code NoSchedule}, {@code PreferNoSchedule} or {@code NoExecute}; without it all. */
    Optional<String> effect();
  }
}
