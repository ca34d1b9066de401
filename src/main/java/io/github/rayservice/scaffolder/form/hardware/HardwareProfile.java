package io.github.rayservice.scaffolder.form.hardware;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * A kind of hardware that the platform offers.
 *
 * @param name what a form calls it
 * @param title what people read
 * @param hardware what its pods ask for
 * @param pricePerHour of each pod, in the platform's currency; empty when the platform says none
 */
public record HardwareProfile(
    String name, String title, Hardware hardware, Optional<BigDecimal> pricePerHour) {

  /** Whether its GPUs are NVIDIA's, for which Ray's images with CUDA are. */
  public boolean hasNvidia() {
    return hardware.hasNvidia();
  }

  /** How many GPUs or other devices each pod has; 0 for none. */
  public int devices() {
    return hardware.devices();
  }
}
