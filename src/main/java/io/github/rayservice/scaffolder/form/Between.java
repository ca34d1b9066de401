package io.github.rayservice.scaffolder.form;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A whole number within limits, both included. */
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Between.IsBetween.class)
public @interface Between {
  int min();

  int max();

  /** The system that the limits come from. */
  String source() default BrokenRule.POLICY;

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says which of the two limits is broken. */
  final class IsBetween implements ConstraintValidator<Between, Integer> {
    private int min;
    private int max;
    private String source = "";

    @Override
    public void initialize(Between limits) {
      min = limits.min();
      max = limits.max();
      source = limits.source();
    }

    @Override
    public boolean isValid(Integer value, ConstraintValidatorContext context) {
      if (value >= min && value <= max) {
        return true;
      }
      new BrokenRule(value < min ? "must be at least " + min : "must be at most " + max, source)
          .report(context);
      return false;
    }
  }
}
