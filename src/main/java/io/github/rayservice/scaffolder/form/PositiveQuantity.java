package io.github.rayservice.scaffolder.form;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** A Kubernetes quantity above zero. A text that is no quantity breaks {@code @Pattern} instead. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PositiveQuantity.IsPositive.class)
@interface PositiveQuantity {
  String message() default "must be greater than 0";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Compares the amount in base units with zero. */
  final class IsPositive implements ConstraintValidator<PositiveQuantity, String> {
    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      return value == null
          || !value.matches(Quantities.GRAMMAR)
          || Quantities.amount(value).signum() > 0;
    }
  }
}
