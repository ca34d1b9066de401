package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.hardware.Hardware;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.Quantities;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A limit of what Ray Services may ask for. A Ray Service counts with the most workers that its
 * form allows.
 */
public enum Ceiling {
  CPU("max-cpu"),
  MEMORY("max-memory"),
  DEVICES("max-devices");

  private static final BigDecimal MEBIBYTE = Quantities.amount("1Mi");

  private final String setting;

  Ceiling(String setting) {
    this.setting = setting;
  }

  /** The broken ones of one Ray Service, whose hardware is resolved. */
  static Stream<Violation> check(RayServiceForm form, FormConfig policy) {
    Optional<ClusterResources.Amounts> most = ClusterResources.mostOf(form);
    return most.isEmpty()
        ? Stream.empty()
        : Stream.of(values()).flatMap(ceiling -> ceiling.check(form, most.get(), policy).stream());
  }

  private Optional<Violation> check(
      RayServiceForm form, ClusterResources.Amounts most, FormConfig policy) {
    BigDecimal amount =
        switch (this) {
          case CPU -> most.cpu();
          case MEMORY -> most.memory();
          case DEVICES -> BigDecimal.valueOf(most.devices());
        };
    Optional<BigDecimal> limit =
        switch (this) {
          case CPU -> policy.maxCpu();
          case MEMORY -> policy.maxMemory();
          case DEVICES -> policy.maxDevices().map(BigDecimal::valueOf);
        };
    return limit
        .filter(allowed -> amount.compareTo(allowed) > 0)
        .map(allowed ->
            violation(
                form,
                amount,
                "must be at most %s for the head%s and %d workers together"
                    .formatted(
                        words(allowed),
                        form.autoscaling() == null ? "" : " with its autoscaler",
                        most.workers()),
                setting));
  }

  /** What is allowed to all Ray Services of a team together; empty for any amount. */
  public Optional<BigDecimal> ofTeam(FormConfig policy) {
    return switch (this) {
      case CPU -> policy.teamMaxCpu();
      case MEMORY -> policy.teamMaxMemory();
      case DEVICES -> policy.teamMaxDevices().map(BigDecimal::valueOf);
    };
  }

  /** That a team would have too much, by the field that asks for it. */
  public Violation violationOfTeam(RayServiceForm form, BigDecimal amount, String rule) {
    return violation(form, amount, rule, "team-" + setting);
  }

  private Violation violation(RayServiceForm form, BigDecimal amount, String rule, String name) {
    return Violation.of(
        field(form),
        words(amount) + " in all",
        rule,
        BrokenRule.POLICY + ": scaffolder.form." + name);
  }

  /** A field that lowers it: of the workers, or of the head where there are none. */
  private String field(RayServiceForm form) {
    String worker = "spec.resources.worker.";
    String pods = form.replicas() == 0 && form.autoscaling() == null ? "head." : "worker.";
    return switch (this) {
      case CPU -> "spec.resources." + pods + "cpu";
      case MEMORY -> "spec.resources." + pods + "memory";
      case DEVICES -> {
        Hardware hardware = form.resources().worker().hardware();
        if (form.resources().worker().gpu() > 0) {
          yield worker + "gpu";
        }
        yield hardware != null && hardware.devices() > 0
            ? worker + "profile"
            : "spec.resources.head.profile";
      }
    };
  }

  /**
   * An amount for people: cores, mebibytes or a number. With decimals where they are not whole, so
   * that two amounts never look the same.
   */
  public String words(BigDecimal amount) {
    return this == MEMORY
        ? plain(amount.divide(MEBIBYTE, 3, RoundingMode.HALF_UP)) + "Mi"
        : plain(amount);
  }

  private static String plain(BigDecimal amount) {
    return amount.stripTrailingZeros().toPlainString();
  }
}
