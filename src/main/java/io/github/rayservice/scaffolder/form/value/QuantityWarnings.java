package io.github.rayservice.scaffolder.form.value;

import java.math.BigDecimal;
import java.util.stream.Stream;

/**
 * Warnings about quantities that Kubernetes takes and that are most likely a mistake in the unit: a
 * CPU is counted in cores, memory in bytes, and no unit of either is refused for the other.
 */
public final class QuantityWarnings {
  private static final String UNITS = "Kubernetes: units of CPU, memory and storage";

  /** More than nearly every machine has that a cloud provider rents. */
  private static final BigDecimal MAX_CPU = Quantities.amount("256");

  private static final BigDecimal MAX_MEMORY = Quantities.amount("32Ti");

  /** Less than this is no amount of memory that anybody means. */
  private static final BigDecimal A_MEBIBYTE = Quantities.amount("1Mi");

  private static final BigDecimal MIN_MEMORY = Quantities.amount("512Mi");

  private QuantityWarnings() {}

  /** Of a number of cores. */
  public static void warnOfCpu(String field, String cpu, Stream.Builder<Violation> warnings) {
    BigDecimal cores = Quantities.amount(cpu);
    if (cores.compareTo(MAX_CPU) > 0) {
      warnings.add(
          Violation.of(
              field,
              cpu,
              "is %s cores, more than a node has: write whole cores as 2, thousandths as 500m; units such as Gi are for memory"
                  .formatted(plain(cores)),
              UNITS));
    }
  }

  /** Of a disk's or a volume's size. */
  public static void warnOfStorage(String field, String size, Stream.Builder<Violation> warnings) {
    warnOfBytes(field, size, "storage", warnings);
  }

  private static void warnOfBytes(
      String field, String size, String what, Stream.Builder<Violation> warnings) {
    BigDecimal bytes = Quantities.amount(size);
    if (bytes.compareTo(BigDecimal.ONE) < 0) {
      warnings.add(
          Violation.of(
              field,
              size,
              "is less than one byte, because m means thousandths: write a unit of %s, such as 512Mi"
                  .formatted(what),
              UNITS));
    } else if (bytes.compareTo(A_MEBIBYTE) < 0) {
      warnings.add(
          Violation.of(
              field,
              size,
              "is %s bytes: write a unit of %s, such as 512Mi or 2Gi".formatted(plain(bytes), what),
              UNITS));
    }
  }

  /** Of an amount of memory. */
  public static void warnOfMemory(String field, String memory, Stream.Builder<Violation> warnings) {
    warnOfBytes(field, memory, "memory", warnings);
    BigDecimal bytes = Quantities.amount(memory);
    if (bytes.compareTo(A_MEBIBYTE) >= 0 && bytes.compareTo(MIN_MEMORY) < 0) {
      warnings.add(
          Violation.of(
              field,
              memory,
              "is less than 512Mi: Ray's own processes may not fit and the pod may be killed",
              "Ray: memory of its system processes"));
    } else if (bytes.compareTo(MAX_MEMORY) > 0) {
      warnings.add(
          Violation.of(
              field,
              memory,
              "is more than 32Ti, more than a node has: Mi, Gi and Ti are the usual units of memory",
              UNITS));
    }
  }

  /** An exponent may have three digits; nobody counts so many zeros. */
  private static String plain(BigDecimal amount) {
    return amount.precision() - amount.scale() > 20
        ? "more than 10^20"
        : amount.stripTrailingZeros().toPlainString();
  }
}
