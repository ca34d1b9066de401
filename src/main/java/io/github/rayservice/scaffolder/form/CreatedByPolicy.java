package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.List;
import java.util.Optional;

/**
 * The users that a form may name in {@code createdBy}.
 *
 * @param proven the authenticated caller; empty where the service has no authentication
 * @param namesOthers whether the form may name another user than the caller
 */
public record CreatedByPolicy(Optional<String> proven, boolean namesOthers) {
  /** Without authentication: the form may name any user. */
  public static final CreatedByPolicy UNRESTRICTED = new CreatedByPolicy(Optional.empty(), true);

  private static final String FIELD = "spec.createdBy";

  /** The document, with the caller as {@code createdBy} when it names no user. */
  JsonNode fillIn(JsonNode document) {
    if (proven.isEmpty()
        || !(document.path("spec") instanceof ObjectNode spec)
        || spec.hasNonNull("createdBy")) {
      return document;
    }
    ObjectNode filled = document.deepCopy();
    filled.withObject("/spec").put("createdBy", proven.get());
    return filled;
  }

  /** Empty when the form may name this user; a value that is no text breaks another rule. */
  Optional<Violation> check(JsonNode createdBy) {
    return createdBy.isTextual() ? check(createdBy.textValue()) : Optional.empty();
  }

  private Optional<Violation> check(String createdBy) {
    return namesOthers || proven.isEmpty() || proven.get().equals(createdBy)
        ? Optional.empty()
        : Optional.of(
            Violation.of(
                FIELD,
                createdBy,
                "must be absent, or " + proven.get() + ", the user of your token",
                "policy of this platform"));
  }

  /**
   * Checks {@code createdBy} of an update. It may keep the user that is in Git.
   *
   * @param before the user in Git
   * @throws InvalidFormException when the update names a user that the caller may not name
   */
  public void requireKept(String before, String createdBy) {
    if (!createdBy.equals(before)) {
      check(createdBy)
          .ifPresent(violation -> {
            throw new InvalidFormException(List.of(violation));
          });
    }
  }
}
