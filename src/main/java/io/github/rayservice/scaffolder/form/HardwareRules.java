package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.Resources.Head;
import io.github.rayservice.scaffolder.form.Resources.Worker;
import io.github.rayservice.scaffolder.form.hardware.Hardware;
import io.github.rayservice.scaffolder.form.hardware.HardwareProfile;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules about the hardware profiles that a form names. */
final class HardwareRules {
  private static final String SOURCE = BrokenRule.POLICY + ": scaffolder.hardware.profiles";

  private final HardwareProfiles profiles;
  private final int maxDevices;
  private final Stream.Builder<Violation> violations = Stream.builder();

  private HardwareRules(HardwareProfiles profiles, int maxDevices) {
    this.profiles = profiles;
    this.maxDevices = maxDevices;
  }

  /**
   * The broken rules.
   *
   * @param maxDevices the most GPUs or other devices that a pod may have
   */
  static Stream<Violation> check(RayServiceForm form, HardwareProfiles profiles, int maxDevices) {
    HardwareRules rules = new HardwareRules(profiles, maxDevices);
    Head head = form.resources().head();
    Worker worker = form.resources().worker();
    rules.check("spec.resources.head.", head.profile(), head.hardware());
    rules
        .check("spec.resources.worker.", worker.profile(), worker.hardware())
        .filter(profile -> worker.gpu() > 0 && profile.devices() > 0)
        .ifPresent(profile ->
            rules.violations.add(
                Violation.of(
                    "spec.resources.worker.gpu",
                    worker.gpu(),
                    "must be 0 beside a profile with devices of its own: %s has %d %s"
                        .formatted(
                            profile.name(), profile.devices(), profile.hardware().resource()),
                    SOURCE)));
    return rules.violations.build();
  }

  private Optional<HardwareProfile> check(
      String path, @Nullable String name, @Nullable Hardware hardware) {
    if (name == null) {
      if (hardware != null) {
        violations.add(
            Violation.withoutValue(
                path + "hardware",
                "must be absent without profile: name a profile, and the service writes what it is",
                SOURCE));
      }
      return Optional.empty();
    }
    Optional<HardwareProfile> profile = profiles.find(name);
    if (profile.isEmpty()) {
      violations.add(Violation.of(path + "profile", name, ruleOfUnknown(), SOURCE));
    }
    profile
        .filter(known -> known.devices() > maxDevices)
        .ifPresent(known ->
            violations.add(
                Violation.of(
                    path + "profile",
                    name,
                    "must have at most %d %s (has %d)"
                        .formatted(maxDevices, known.hardware().resource(), known.devices()),
                    BrokenRule.POLICY + ": scaffolder.form.max-gpus")));
    return profile;
  }

  private String ruleOfUnknown() {
    return profiles.all().isEmpty()
        ? "must be absent: this platform has no hardware profiles; send the form without profile and hardware to the API"
        : "must be one of "
            + profiles.all().stream().map(HardwareProfile::name).collect(Collectors.joining(", "));
  }
}
