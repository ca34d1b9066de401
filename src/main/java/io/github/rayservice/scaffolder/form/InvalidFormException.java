package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.List;
import java.util.stream.Collectors;

/** The form breaks rules, and its author can fix them; nothing was written. */
public final class InvalidFormException extends RuntimeException {
  private final transient List<Violation> violations;

  public InvalidFormException(List<Violation> violations) {
    super(
        violations.stream().map(v -> v.field() + " " + v.rule()).collect(Collectors.joining("; ")));
    this.violations = List.copyOf(violations);
  }

  /**
   * The violations, at least one, in the order of the form's fields: all of them up to 100, and of
   * more the first 100 and how many there are besides.
   */
  public List<Violation> violations() {
    return violations;
  }
}
