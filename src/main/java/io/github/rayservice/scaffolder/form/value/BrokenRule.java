package io.github.rayservice.scaffolder.form.value;

import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.ConstraintViolation;
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;
import org.hibernate.validator.engine.HibernateConstraintViolation;

/**
 * Carries the source of a broken rule from a constraint to its violation. Bean Validation has only
 * one message for each constraint, and no place for more.
 *
 * @param rule continues the field's name: "must be …"
 * @param source the system that the rule comes from
 */
public record BrokenRule(String rule, String source) {
  public static final String POLICY = "policy of this platform";
  public static final String SERVE = "Ray Serve: its config file's schema";

  /** Reports this rule instead of the constraint's own message. */
  void report(ConstraintValidatorContext context) {
    context.disableDefaultConstraintViolation();
    context
        .unwrap(HibernateConstraintValidatorContext.class)
        .withDynamicPayload(this)
        // Never shown: a message would be a template, in which braces have a meaning.
        .buildConstraintViolationWithTemplate("")
        .addConstraintViolation();
  }

  /**
   * The violation of one of this package's constraints.
   *
   * @throws IllegalStateException for any other constraint
   */
  public static Violation of(ConstraintViolation<?> violation) {
    HibernateConstraintViolation<?> reported = violation.unwrap(HibernateConstraintViolation.class);
    BrokenRule broken = reported.getDynamicPayload(BrokenRule.class);
    if (broken == null) {
      throw new IllegalStateException("a constraint that names no source: " + violation);
    }
    return Violation.of(
        // Bean Validation's name for an item of a list.
        violation.getPropertyPath().toString().replace(".<list element>", ""),
        violation.getInvalidValue(),
        broken.rule(),
        broken.source());
  }
}
