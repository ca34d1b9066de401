package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.RayServiceForm.Autoscaling;
import io.github.rayservice.scaffolder.form.Resources.Head;
import io.github.rayservice.scaffolder.form.Resources.Worker;
import io.github.rayservice.scaffolder.form.hardware.Hardware;
import io.github.rayservice.scaffolder.form.hardware.HardwareConfig;
import io.github.rayservice.scaffolder.form.hardware.HardwareProfile;
import io.github.rayservice.scaffolder.form.hardware.HardwareSettings;
import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The platform's hardware profiles: what they resolve to, and what a form's hardware costs. */
@Startup
@ApplicationScoped
public class HardwareProfiles {
  private final List<HardwareProfile> profiles;
  private final String currency;

  /**
   * Reads the settings.
   *
   * @throws IllegalStateException with the first setting that cannot be, and why
   */
  public HardwareProfiles(HardwareConfig config) {
    this.profiles = HardwareSettings.read(config);
    this.currency = config.currency();
  }

  /** In the order of the settings; empty when the platform has none. */
  public List<HardwareProfile> all() {
    return profiles;
  }

  /** Currency of the prices, three letters. */
  public String currency() {
    return currency;
  }

  Optional<HardwareProfile> find(String name) {
    return profiles.stream().filter(profile -> profile.name().equals(name)).findFirst();
  }

  /** The same form with what its profiles are today, whatever it said of their hardware. */
  RayServiceForm resolve(RayServiceForm form) {
    Resources resources = form.resources();
    Head head = resources.head();
    Worker worker = resources.worker();
    return form.withResources(
        new Resources(
            head.withHardware(hardware(head.profile())),
            worker.withHardware(hardware(worker.profile()))));
  }

  private @Nullable Hardware hardware(@Nullable String profile) {
    return Optional.ofNullable(profile)
        .flatMap(this::find)
        .map(HardwareProfile::hardware)
        .filter(hardware -> !hardware.asksForNothing())
        .orElse(null);
  }

  /**
   * What the hardware of a Ray Service costs in a month, by today's prices: that of its workers,
   * and of its head where that has a profile. Empty when neither has a price, or when the platform
   * has one of the profiles no more.
   */
  public Optional<MonthlyCost> monthlyCost(RayServiceForm form) {
    String head = form.resources().head().profile();
    String worker = form.resources().worker().profile();
    if (Stream.of(Optional.ofNullable(head), Optional.ofNullable(worker))
        .flatMap(Optional::stream)
        .anyMatch(name -> find(name).isEmpty())) {
      return Optional.empty();
    }
    Optional<BigDecimal> headPrice = price(head);
    Optional<BigDecimal> workerPrice = price(worker);
    if (headPrice.isEmpty() && workerPrice.isEmpty()) {
      return Optional.empty();
    }
    BigDecimal once = headPrice.orElse(BigDecimal.ZERO);
    BigDecimal each = workerPrice.orElse(BigDecimal.ZERO);
    Autoscaling bounds = form.autoscaling();
    int fewest = bounds == null ? form.replicas() : bounds.minReplicas();
    int most = bounds == null ? form.replicas() : bounds.maxReplicas();
    return Optional.of(
        MonthlyCost.ofHours(
            once.add(each.multiply(BigDecimal.valueOf(fewest))),
            once.add(each.multiply(BigDecimal.valueOf(most))),
            currency));
  }

  private Optional<BigDecimal> price(@Nullable String profile) {
    return Optional.ofNullable(profile).flatMap(this::find).flatMap(HardwareProfile::pricePerHour);
  }
}
