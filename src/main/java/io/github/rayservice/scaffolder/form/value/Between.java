package io.github.rayservice.scaffolder.form.value;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A number within limits, both included. */
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Between.IsBetween.class)
public @interface Between {
  /** The least number. */
  double min();

  /** The greatest number; infinite for none. */
  double max() default Double.POSITIVE_INFINITY;

  /** The system that the limits come from. */
  String source() default BrokenRule.POLICY;

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says which of the two limits is broken. */
  final class IsBetween implements ConstraintValidator<Between, Number> {
    private double min;
    private double max;
    private String source = "";

    @Override
    public void initialize(Between limits) {
      min = limits.min();
      max = limits.max();
      source = limits.source();
    }

    @Override
    public boolean isValid(@Nullable Number value, ConstraintValidatorContext context) {
      if (value == null || (value.doubleValue() >= min && value.doubleValue() <= max)) {
        return true;
      }
      String rule =
          value.doubleValue() < min
              ? "must be at least " + text(min)
              : "must be at most " + text(max);
      new BrokenRule(rule, source).report(context);
      return false;
    }

    /** A limit as people write it: without a fraction of zero. */
    public static String text(double limit) {
      return BigDecimal.valueOf(limit).stripTrailingZeros().toPlainString();
    }
  }
}
