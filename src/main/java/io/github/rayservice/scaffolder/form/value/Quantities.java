package io.github.rayservice.scaffolder.form.value;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import org.eclipse.microprofile.config.spi.Converter;

/** Kubernetes quantities, by the grammar of {@code k8s.io/apimachinery/pkg/api/resource}. */
public final class Quantities {
  /**
   * A decimal number, then a suffix or a decimal exponent. The grammar of Kubernetes allows a minus
   * in front, too; no field of the form does. It allows any exponent; one of four digits cannot be
   * computed with, and Kubernetes itself counts from 1e-9 to about 1e19.
   */
  static final String GRAMMAR =
      "^[+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})?$";

  static final String RULE =
      "must be a Kubernetes quantity such as 500m, 2, 1.5 or 2Gi (suffixes: n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent of at most 3 digits such as 1e3)";

  private Quantities() {}

  /**
   * The amount in base units: cores or bytes.
   *
   * @throws IllegalArgumentException when the text is no quantity
   */
  public static BigDecimal amount(String quantity) {
    // fabric8 accepts neither a plus in front nor a number that starts with the decimal point.
    String unsigned = quantity.startsWith("+") ? quantity.substring(1) : quantity;
    return new Quantity(unsigned.startsWith(".") ? "0" + unsigned : unsigned).getNumericalAmount();
  }

  /** Reads an amount from the configuration, in base units. */
  public static final class Reader implements Converter<BigDecimal> {
    @Override
    public BigDecimal convert(String setting) {
      Grammar.QUANTITY
          .check(setting)
          .ifPresent(broken -> {
            throw new IllegalArgumentException("\"%s\" %s".formatted(setting, broken.rule()));
          });
      return amount(setting);
    }
  }
}
