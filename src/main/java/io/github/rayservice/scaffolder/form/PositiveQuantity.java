package io.github.rayservice.scaffolder.form;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes quantity above zero, with an exponent that can be computed with. A text that is no
 * quantity breaks {@code @Pattern} instead.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PositiveQuantity.IsPositive.class)
@interface PositiveQuantity {
  String message() default "must be greater than 0";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Compares the amount in base units with zero. */
  final class IsPositive implements ConstraintValidator<PositiveQuantity, String> {
    /** Kubernetes itself counts from 1e-9 to about 1e19. */
    private static final Pattern HUGE_EXPONENT = Pattern.compile("[eE][+-]?[0-9]{4,}$");

    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      if (value == null || !value.matches(Quantities.GRAMMAR)) {
        return true;
      }
      if (HUGE_EXPONENT.matcher(value).find()) {
        context.disableDefaultConstraintViolation();
        context
            .buildConstraintViolationWithTemplate("must have an exponent of at most 3 digits")
            .addConstraintViolation();
        return false;
      }
      return Quantities.amount(value).signum() > 0;
    }
  }
}
