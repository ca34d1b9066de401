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

/**
 * From what somebody sent to a request that keeps every rule, or to the list of all the rules it
 * breaks.
 */
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
    return read(document, CreatedByPolicy.ANYBODY);
  }

  /**
   * Reads a whole document in somebody's name.
   *
   * @throws InvalidFormException with every violation
   */
  public RayServiceRequest read(JsonNode document, CreatedByPolicy creator) {
    FormParser shape = new FormParser(TextRules::check);
    JsonNode signed = creator.sign(document);
    RayServiceDocument bound = bind(shape.read(withoutStatus(signed), DOCUMENT, ""));
    List<Violation> violations = new ArrayList<>(shape.violations());
    declared(bound).filter(v -> isFirst(v, shape.violations())).forEach(violations::add);
    rules.check(bound).filter(v -> isFirst(v, violations)).forEach(violations::add);
    creator
        .check(signed.path("spec").path("createdBy"))
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
   * Holds an update to the fields that can be updated.
   *
   * @throws InvalidFormException when it changes another one
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
   * Reads a kro instance that already stands in Git. People may have written there what the form
   * does not know, and kept only Kubernetes' rules: nothing is checked but the types.
   *
   * @throws InvalidFormException when the spec is no form at all
   */
  public RayServiceDocument readStored(JsonNode document) {
    FormParser shape = new FormParser((field, text) -> Optional.empty());
    RayServiceDocument bound = bind(shape.read(document, DOCUMENT, ""));
    List<Violation> violations =
        Stream.concat(
                shape.violations().stream().filter(v -> ORDER.contains(v.field())),
                declared(bound).filter(v -> v.value() == null))
            .toList();
    if (!violations.isEmpty()) {
      throw new InvalidFormException(violations);
    }
    return bound;
  }

  /**
   * What kubectl and our own answers show beside the spec; like kubectl, a writer may send it back.
   */
  private static JsonNode withoutStatus(JsonNode document) {
    return document instanceof ObjectNode object && object.has("status")
        ? object.deepCopy().without("status")
        : document;
  }

  private static RayServiceDocument bind(ObjectNode clean) {
    try {
      return BINDER.treeToValue(clean, RayServiceDocument.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the form's shape and its record do not agree", e);
    }
  }

  private Stream<Violation> declared(RayServiceDocument document) {
    return validator.validate(document).stream().map(FormReader::violation);
  }

  private static Violation violation(ConstraintViolation<?> broken) {
    String field = broken.getPropertyPath().toString();
    Object value = broken.getInvalidValue();
    String source = origin(broken.getConstraintDescriptor());
    return value == null
        ? Violation.withoutValue(field, broken.getMessage(), source)
        : Violation.of(field, value, broken.getMessage(), source);
  }

  private static String origin(ConstraintDescriptor<?> constraint) {
    return constraint.getPayload().stream()
        .map(payload -> payload.getAnnotation(RuleSource.class))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a rule without an origin: " + constraint))
        .value();
  }

  /**
   * A field that was already refused, for its type or its text, reads as absent afterwards: one
   * complaint is enough.
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
