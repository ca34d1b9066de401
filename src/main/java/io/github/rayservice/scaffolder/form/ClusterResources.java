package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.hardware.Hardware;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.Quantities;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What the pods of a Ray cluster ask for together: the head and the workers with which it starts,
 * and KubeRay's autoscaler beside the head where the form has bounds.
 *
 * @param cpu cores, such as {@code 2} or {@code 1.5}
 * @param memory in {@code Mi}, rounded up
 * @param gpu GPUs, by number or by profile
 * @param devices other extended resources of profiles, by name
 */
@Schema(description = "What the pods of a Ray cluster ask for together")
public record ClusterResources(
    @Schema(examples = "2.5") String cpu,
    @Schema(examples = "4096Mi") String memory,
    long gpu,
    @Schema(
            type = SchemaType.OBJECT,
            additionalProperties = Long.class,
            description = "Other extended resources, by name")
        SortedMap<String, Long> devices) {
  private static final BigDecimal MEBIBYTE = Quantities.amount("1Mi");

  /** The autoscaler's container, as the definition has it. */
  private static final BigDecimal AUTOSCALER_CPU = Quantities.amount("200m");

  private static final BigDecimal AUTOSCALER_MEMORY = Quantities.amount("512Mi");

  /**
   * KubeRay's init container of each worker. Kubernetes counts it for the pod's whole life where it
   * asks for more than the worker.
   */
  private static final BigDecimal INIT_CPU = Quantities.amount("200m");

  private static final BigDecimal INIT_MEMORY = Quantities.amount("256Mi");

  /** Empty when a person wrote no quantity into the file, which the API server then refuses. */
  public static Optional<ClusterResources> of(RayServiceForm form) {
    return hasQuantities(form) ? Optional.of(sumOf(form)) : Optional.empty();
  }

  private static boolean hasQuantities(RayServiceForm form) {
    Resources each = form.resources();
    return Stream.of(
            Optional.ofNullable(each.head().cpu()),
            Optional.ofNullable(each.head().memory()),
            Optional.ofNullable(each.worker().cpu()),
            Optional.ofNullable(each.worker().memory()))
        .allMatch(text -> text.isPresent() && Grammar.QUANTITY.check(text.get()).isEmpty());
  }

  /**
   * Exact sums.
   *
   * @param cpu cores
   * @param memory bytes
   * @param devices GPUs and all else of profiles
   */
  public record Amounts(int workers, BigDecimal cpu, BigDecimal memory, long devices) {}

  /** With the most workers that the form allows; empty as for {@link #of}. */
  public static Optional<Amounts> mostOf(RayServiceForm form) {
    int most =
        form.autoscaling() == null
            ? form.replicas()
            : Math.max(form.replicas(), form.autoscaling().maxReplicas());
    return hasQuantities(form) ? Optional.of(amounts(form, most)) : Optional.empty();
  }

  private static Amounts amounts(RayServiceForm form, int workers) {
    Resources each = form.resources();
    BigDecimal cpu = sum(each.head().cpu(), each.worker().cpu(), INIT_CPU, workers);
    BigDecimal memory = sum(each.head().memory(), each.worker().memory(), INIT_MEMORY, workers);
    boolean autoscaled = form.autoscaling() != null;
    long others = devices(each, workers).values().stream().mapToLong(Long::longValue).sum();
    return new Amounts(
        workers,
        autoscaled ? cpu.add(AUTOSCALER_CPU) : cpu,
        autoscaled ? memory.add(AUTOSCALER_MEMORY) : memory,
        gpus(each, workers) + others);
  }

  private static ClusterResources sumOf(RayServiceForm form) {
    Amounts sum = amounts(form, form.replicas());
    return new ClusterResources(
        sum.cpu().stripTrailingZeros().toPlainString(),
        sum.memory().divide(MEBIBYTE, 0, RoundingMode.CEILING).toPlainString() + "Mi",
        gpus(form.resources(), form.replicas()),
        devices(form.resources(), form.replicas()));
  }

  private static long gpus(Resources each, long workers) {
    return Hardware.gpus(each.head().hardware()) + workers * each.worker().gpus();
  }

  private static SortedMap<String, Long> devices(Resources each, long workers) {
    SortedMap<String, Long> devices = new TreeMap<>();
    add(each.head().hardware(), 1, devices);
    add(each.worker().hardware(), workers, devices);
    return Collections.unmodifiableSortedMap(devices);
  }

  private static void add(@Nullable Hardware hardware, long pods, SortedMap<String, Long> devices) {
    if (hardware != null && hardware.resource() != null && !hardware.hasGpus() && pods > 0) {
      devices.merge(hardware.resource(), pods * hardware.devices(), Long::sum);
    }
  }

  private static BigDecimal sum(String head, String worker, BigDecimal init, long workers) {
    return Quantities.amount(head)
        .add(Quantities.amount(worker).max(init).multiply(BigDecimal.valueOf(workers)));
  }

  /** For people, such as {@code 2.5 CPU, 4096Mi memory}. */
  public String text() {
    StringBuilder text = new StringBuilder("%s CPU, %s memory".formatted(cpu, memory));
    if (gpu > 0) {
      text.append(", %d GPU".formatted(gpu));
    }
    devices.forEach((name, amount) -> text.append(", %d %s".formatted(amount, name)));
    return text.toString();
  }
}
