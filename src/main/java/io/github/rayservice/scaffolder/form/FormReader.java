package io.github.rayservice.scaffolder.form;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.policy.EndpointHosts;
import io.github.rayservice.scaffolder.form.policy.PlatformDefaults;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Turns a document into a request that keeps every rule, or lists every rule that it breaks. What
 * the request has of its profiles' hardware, and of whose its host is, is what the platform says
 * today.
 */
@Startup
@ApplicationScoped
public class FormReader {
  private static final List<FormField> DOCUMENT = FormField.ofDocument();
  private static final Map<String, Integer> ORDER = order();
  private static final Set<String> FREE =
      paths(DOCUMENT, "", f -> f.type() == FormField.Type.FREE_OBJECT).collect(toUnmodifiableSet());

  /** A mistake in a generator may be in each of thousands of fields; people read the first. */
  private static final int MAX_VIOLATIONS = 100;

  private static final ObjectMapper BINDER = new ObjectMapper();

  private final Validator validator;
  private final HardwareProfiles profiles;
  private final FormRules rules;
  private final EndpointHosts hosts;
  private final PlatformDefaults defaults;

  public FormReader(Validator validator, FormConfig config, HardwareProfiles profiles) {
    this.validator = validator;
    this.profiles = profiles;
    this.hosts = EndpointHosts.of(config.hosts());
    this.rules = new FormRules(config, profiles, hosts);
    this.defaults = new PlatformDefaults(hosts, config.ingressClasses());
  }

  /**
   * Fails the start when forms could ask for too much.
   *
   * @throws IllegalStateException with the setting to change
   */
  @PostConstruct
  void check() {
    hosts.requireNamed(LaunchMode.current());
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
    FormParser parser = FormParser.ofForm();
    InstanceMetadata.Cleaned cleaned =
        InstanceMetadata.clean(defaults.fillIn(createdBy.fillIn(document)));
    RayServiceDocument bound = bind(parser.read(cleaned.document(), DOCUMENT, ""));
    List<Violation> violations = new ArrayList<>(parser.violations());
    constraintViolations(bound)
        .filter(v -> isFirst(v, parser.violations()))
        .forEach(violations::add);
    InstanceMetadata.check(bound.metadata()).forEach(violations::add);
    rules.check(bound).filter(v -> isFirst(v, violations)).forEach(violations::add);
    createdBy
        .check(cleaned.document().path("spec").path("createdBy"))
        .filter(v -> isFirst(v, violations))
        .ifPresent(violations::add);
    if (!violations.isEmpty()) {
      throw new InvalidFormException(first(violations, parser.notListed()));
    }
    RayServiceForm form = withOwnHost(profiles.resolve(bound.spec()));
    return new RayServiceRequest(
        bound.metadata(),
        form,
        Stream.concat(cleaned.warning().stream(), rules.warnings(form)).toList());
  }

  /** The first of them in the order of the form, and how many more there are. */
  private static List<Violation> first(List<Violation> violations, int notListed) {
    violations.sort(Comparator.comparingInt(FormReader::position));
    int listed = Math.min(violations.size(), MAX_VIOLATIONS);
    int more = violations.size() - listed + notListed;
    if (more == 0) {
      return violations;
    }
    List<Violation> first = new ArrayList<>(violations.subList(0, listed));
    first.add(
        Violation.withoutValue(
            "(document)", "breaks %d more rules".formatted(more), BrokenRule.POLICY));
    return first;
  }

  /** The same form with whose its host is, whatever it said of that. */
  private RayServiceForm withOwnHost(RayServiceForm form) {
    return form.withIngress(form.ingress().withOwnHost(hosts.isForOne(form.endpointHost())));
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
   * @param accepted the form that the cluster has; empty when none is accepted
   * @throws InvalidFormException with every immutable field that it changes
   */
  public void requireUnchanged(
      RayServiceForm before, Optional<RayServiceForm> accepted, RayServiceForm after) {
    List<Violation> violations = new ArrayList<>();
    String source =
        "kro: an immutable field; to change it, delete the Ray Service and create it again";
    FormRules.requireSame("spec.name", before.name(), after.name(), source, violations);
    FormRules.requireSame(
        "spec.namespace", before.namespace(), after.namespace(), source, violations);
    accepted.ifPresent(
        form -> violations.addAll(ModelCache.checkUpdate(form.modelCache(), after.modelCache())));
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
    FormParser parser = FormParser.ofFile();
    RayServiceDocument bound = bind(parser.read(document, DOCUMENT, ""));
    List<Violation> violations =
        parser.violations().stream().filter(v -> isKnown(v.field())).toList();
    if (!violations.isEmpty()) {
      throw new InvalidFormException(violations);
    }
    return bound;
  }

  private static RayServiceDocument bind(ObjectNode clean) {
    try {
      return BINDER.treeToValue(clean, RayServiceDocument.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("FormField does not match " + RayServiceDocument.class, e);
    }
  }

  private Stream<Violation> constraintViolations(RayServiceDocument document) {
    return validator.validate(document).stream().map(BrokenRule::of);
  }

  /**
   * A field with a wrong type or text is absent from the bound record. Later checks would then also
   * report it as missing.
   */
  private static boolean isFirst(Violation violation, List<Violation> earlier) {
    return earlier.stream().noneMatch(v -> v.field().equals(violation.field()));
  }

  private static boolean isKnown(String path) {
    return ORDER.containsKey(withoutIndexes(path));
  }

  /** The place of the field in the form; of what is in a free object, that of the object. */
  private static int position(Violation violation) {
    String path = withoutIndexes(violation.field());
    while (!ORDER.containsKey(path) && path.indexOf('.') >= 0) {
      path = path.substring(0, path.lastIndexOf('.'));
      if (ORDER.containsKey(path) && !FREE.contains(path)) {
        return ORDER.size();
      }
    }
    return ORDER.getOrDefault(path, ORDER.size());
  }

  private static String withoutIndexes(String path) {
    return path.replaceAll("\\[[0-9]+]", "");
  }

  private static Map<String, Integer> order() {
    Map<String, Integer> order = new HashMap<>();
    paths(DOCUMENT, "", f -> true).forEach(path -> order.put(path, order.size()));
    return Map.copyOf(order);
  }

  private static Stream<String> paths(
      List<FormField> fields, String prefix, Predicate<FormField> filter) {
    return fields.stream()
        .flatMap(f ->
            Stream.concat(
                Stream.of(prefix + f.name()).filter(path -> filter.test(f)),
                paths(f.children(), prefix + f.name() + ".", filter)));
  }
}
