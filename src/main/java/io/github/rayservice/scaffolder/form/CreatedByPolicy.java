package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * Whom a form may name in {@code createdBy}.
 *
 * @param proven who asks; empty where nobody has to prove it
 * @param namesOthers whether the form may name somebody else all the same
 */
public record CreatedByPolicy(Optional<String> proven, boolean namesOthers) {
  /** Where nobody has to prove anything: the form's own words are all there is. */
  public static final CreatedByPolicy ANYBODY = new CreatedByPolicy(Optional.empty(), true);

  private static final String FIELD = "spec.createdBy";

  /** The form with the creator in it, where it names none. */
  JsonNode sign(JsonNode document) {
    if (proven.isEmpty()
        || !(document.path("spec") instanceof ObjectNode spec)
        || spec.hasNonNull("createdBy")) {
      return document;
    }
    ObjectNode signed = document.deepCopy();
    signed.withObject("/spec").put("createdBy", proven.get());
    return signed;
  }

  /** What is wrong with naming somebody. */
  Optional<Violation> check(JsonNode named) {
    return named.isTextual() ? check(named.textValue()) : Optional.empty();
  }

  private Optional<Violation> check(String named) {
    return namesOthers || proven.isEmpty() || proven.get().equals(named)
        ? Optional.empty()
        : Optional.of(
            Violation.of(
                FIELD,
                named,
                "must be left out, or be " + proven.get() + ", whom your token proves",
                "policy of this platform"));
  }

  /**
   * Holds an update to the creator that stands in Git, or the one who asks.
   *
   * @throws InvalidFormException when it names somebody else
   */
  public void requireKept(String before, String named) {
    if (!named.equals(before)) {
      check(named)
          .ifPresent(violation -> {
            throw new InvalidFormException(List.of(violation));
          });
    }
  }
}
