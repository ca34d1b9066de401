package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import jakarta.validation.metadata.ConstraintDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns a document into a request that keeps every rule, or lists every rule that it breaks. */
@ApplicationScoped
public class FormReader {
  private static final List<FormField> DOCUMENT = FormField.of(RayServiceDocument.class);
  private static final List<String> ORDER = paths(DOCUMENT, "").toList();
  private static final ObjectMapper BINDER = new ObjectMapper();

  private final Validator validator;
  private final FormRules rules;

  public FormReader(Validator validator, FormConfig config) {
    this.validator = validator;
    this.rules = new FormRules(config);
  }

  /**
   * Reads a whole document: {@code metadata} and {@code spec}, with or without {@code apiVersion}
   * and {@code kind}.
   *
   * @throws InvalidFormException with every violation
   */
  public RayServiceRequest read(JsonNode document) {
    return read(document, CreatedByPolicy.UNRESTRICTED);
  }

  /**
   * Reads a whole document, with {@code createdBy} as the policy says.
   *
   * @throws InvalidFormException with every violation
   */
  public RayServiceRequest read(JsonNode document, CreatedByPolicy createdBy) {
    FormParser parser =
        new FormParser((field, path, text) ->
            TextRules.check(path, text).or(() -> field.checkLength(path, text)));
    JsonNode filled = createdBy.fillIn(document);
    RayServiceDocument bound = bind(parser.read(withoutStatus(filled), DOCUMENT, ""));
    List<Violation> violations = new ArrayList<>(parser.violations());
    constraintViolations(bound)
        .filter(v -> isFirst(v, parser.violations()))
        .forEach(violations::add);
    rules.check(bound).filter(v -> isFirst(v, violations)).forEach(violations::add);
    createdBy
        .check(filled.path("spec").path("createdBy"))
        .filter(v -> isFirst(v, violations))
        .ifPresent(violations::add);
    if (!violations.isEmpty()) {
      violations.sort(Comparator.comparingInt(FormReader::position));
      throw new InvalidFormException(violations);
    }
    RayServiceDocument.Metadata metadata = bound.metadata();
    return new RayServiceRequest(
        new RayServiceId(metadata.namespace(), metadata.name()),
        bound.spec(),
        rules.warnings(bound.spec()).toList());
  }

  /**
   * Reads a document that must be about one Ray Service.
   *
   * @throws InvalidFormException with every violation, or because it is about another one
   */
  public RayServiceRequest readFor(RayServiceId id, JsonNode document) {
    RayServiceRequest request = read(document);
    List<Violation> violations = new ArrayList<>();
    FormRules.requireSame(
        "metadata.namespace", id.namespace(), request.id().namespace(), "the URL", violations);
    FormRules.requireSame("metadata.name", id.name(), request.id().name(), "the URL", violations);
    if (!violations.isEmpty()) {
      throw new InvalidFormException(violations);
    }
    return request;
  }

  /**
   * Checks that an update changes no immutable field.
   *
   * @throws InvalidFormException with every immutable field that it changes
   */
  public void requireUnchanged(RayServiceForm before, RayServiceForm after) {
    List<Violation> violations = new ArrayList<>();
    String source =
        "kro: an immutable field; to change it, delete the Ray Service and create it again";
    FormRules.requireSame("spec.name", before.name(), after.name(), source, violations);
    FormRules.requireSame(
        "spec.namespace", before.namespace(), after.namespace(), source, violations);
    if (!violations.isEmpty()) {
      throw new InvalidFormException(violations);
    }
  }

  /**
   * Reads a kro instance that is already in Git. People may have edited it with fields that the
   * form does not have, so only the types of the known fields are checked.
   *
   * @throws InvalidFormException when a known field has another type or a required one is absent
   */
  public RayServiceDocument readStored(JsonNode document) {
    FormParser parser = new FormParser((field, path, text) -> Optional.empty());
    RayServiceDocument bound = bind(parser.read(document, DOCUMENT, ""));
    List<Violation> violations =
        Stream.concat(
                parser.violations().stream().filter(v -> ORDER.contains(v.field())),
                parser.absent().stream())
            .toList();
    if (!violations.isEmpty()) {
      throw new InvalidFormException(violations);
    }
    return bound;
  }

  /** Clients may send back what they read, so {@code status} is ignored, as kubectl does. */
  private static JsonNode withoutStatus(JsonNode document) {
    return document instanceof ObjectNode object && object.has("status")
        ? object.deepCopy().without("status")
        : document;
  }

  private static RayServiceDocument bind(ObjectNode clean) {
    try {
      return BINDER.treeToValue(clean, RayServiceDocument.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("FormField does not match " + RayServiceDocument.class, e);
    }
  }

  private Stream<Violation> constraintViolations(RayServiceDocument document) {
    return validator.validate(document).stream().map(FormReader::violation);
  }

  private static Violation violation(ConstraintViolation<?> violation) {
    String field = violation.getPropertyPath().toString();
    Object value = violation.getInvalidValue();
    String source = source(violation.getConstraintDescriptor());
    return value == null
        ? Violation.withoutValue(field, violation.getMessage(), source)
        : Violation.of(field, value, violation.getMessage(), source);
  }

  private static String source(ConstraintDescriptor<?> constraint) {
    return constraint.getPayload().stream()
        .map(payload -> payload.getAnnotation(RuleSource.class))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("a constraint without a RuleSource: " + constraint))
        .value();
  }

  /**
   * A field with a wrong type or text is absent from the bound record. Later checks would then also
   * report it as missing.
   */
  private static boolean isFirst(Violation violation, List<Violation> earlier) {
    return earlier.stream().noneMatch(v -> v.field().equals(violation.field()));
  }

  private static int position(Violation violation) {
    int known = ORDER.indexOf(violation.field());
    return known < 0 ? ORDER.size() : known;
  }

  private static Stream<String> paths(List<FormField> fields, String prefix) {
    return fields.stream()
        .flatMap(f ->
            Stream.concat(
                Stream.of(prefix + f.name()), paths(f.children(), prefix + f.name() + ".")));
  }
}
