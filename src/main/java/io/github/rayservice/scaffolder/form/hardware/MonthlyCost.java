package io.github.rayservice.scaffolder.form.hardware;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What the hardware of a Ray Service costs in a month of 730 hours, by the platform's prices. Both
 * amounts have two decimals and are the same unless the number of workers may change.
 */
@Schema(
    name = "MonthlyCost",
    description =
        "What the hardware costs in 730 hours, by the prices of the platform's profiles; an estimate")
public record MonthlyCost(
    @Schema(examples = "730.00", description = "With the fewest workers") BigDecimal minimum,
    @Schema(
            examples = "1460.00",
            description = "With the most workers; minimum without autoscaling")
        BigDecimal maximum,
    @Schema(examples = "USD", description = "Three letters of ISO 4217") String currency) {
  /** Hours of a month: 365 days of 24 hours by 12. */
  static final BigDecimal HOURS = BigDecimal.valueOf(730);

  /**
   * The cost of a month.
   *
   * @param minimum of an hour, with the fewest workers
   * @param maximum of an hour, with the most workers
   */
  public static MonthlyCost ofHours(BigDecimal minimum, BigDecimal maximum, String currency) {
    return new MonthlyCost(month(minimum), month(maximum), currency);
  }

  private static BigDecimal month(BigDecimal pricePerHour) {
    return pricePerHour.multiply(HOURS).setScale(2, RoundingMode.HALF_UP);
  }

  /** For people, such as {@code 730.00 USD} or {@code 730.00 to 1460.00 USD}. */
  public String text() {
    return (minimum.compareTo(maximum) == 0 ? minimum.toPlainString() : minimum + " to " + maximum)
        + " "
        + currency;
  }
}
