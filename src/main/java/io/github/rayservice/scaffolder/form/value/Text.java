package io.github.rayservice.scaffolder.form.value;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A text of one of the kinds that a form has. */
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Text.Validator.class)
public @interface Text {
  /** The kind. */
  Grammar value();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says which rule of the kind is broken. */
  final class Validator implements ConstraintValidator<Text, String> {
    private @Nullable Grammar grammar;

    @Override
    public void initialize(Text text) {
      grammar = text.value();
    }

    @Override
    public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
      Optional<BrokenRule> broken =
          Optional.ofNullable(text).flatMap(Objects.requireNonNull(grammar)::check);
      broken.ifPresent(rule -> rule.report(context));
      return broken.isEmpty();
    }
  }
}
