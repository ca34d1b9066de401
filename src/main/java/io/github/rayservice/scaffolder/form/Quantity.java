package io.github.rayservice.scaffolder.form;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A positive Kubernetes quantity, by the grammar of {@code k8s.io/apimachinery/pkg/api/resource}: a
 * decimal number and a suffix ({@code n u m k M G T P E}, {@code Ki Mi Gi Ti Pi Ei}) or a decimal
 * exponent.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Quantity.IsPositive.class)
@Pattern(
    regexp = Quantity.GRAMMAR,
    message =
        "must be a Kubernetes quantity such as 500m, 2, 1.5 or 2Gi (suffixes: n u m k M G T P E, Ki Mi Gi Ti Pi Ei)",
    payload = Origin.KubernetesQuantity.class)
@Size(min = 1, max = 32, message = RayServiceForm.Rules.LENGTH, payload = Origin.OurPolicy.class)
@interface Quantity {
  String GRAMMAR = "^[+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$";

  String message() default "must be greater than 0";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default Origin.KubernetesQuantity.class;

  /** Leaves what is no quantity at all to the pattern. */
  final class IsPositive implements ConstraintValidator<Quantity, String> {
    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      return value == null || !value.matches(GRAMMAR) || Amount.of(value).signum() > 0;
    }
  }

  /** What a quantity amounts to. */
  final class Amount {
    private Amount() {}

    /**
     * The amount in base units: cores or bytes.
     *
     * @throws IllegalArgumentException when the text is no quantity
     */
    static BigDecimal of(String quantity) {
      // fabric8 does not know the sign and the bare point that the grammar allows.
      String unsigned = quantity.startsWith("+") ? quantity.substring(1) : quantity;
      return new io.fabric8.kubernetes.api.model.Quantity(
              unsigned.startsWith(".") ? "0" + unsigned : unsigned)
          .getNumericalAmount();
    }
  }
}
