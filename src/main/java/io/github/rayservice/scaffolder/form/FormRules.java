package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.RayServiceId;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules that no single field can state: they tie fields together, or ask the platform's policy. */
final class FormRules {
  private static final String POLICY = "policy of this platform";
  private static final BigDecimal LEAST_MEMORY = Quantities.amount("512Mi");
  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9]+([.][0-9]+){3}");
  // A work tree with a directory of this name cannot be checked out on Windows.
  private static final Set<String> DEVICES =
      Stream.concat(
              Stream.of("con", "prn", "aux", "nul"),
              Stream.of("com", "lpt")
                  .flatMap(d -> Stream.of("123456789".split("")).map(n -> d + n)))
          .collect(Collectors.toUnmodifiableSet());

  private final FormConfig policy;
  private final List<String> protectedNamespaces;
  private final Pattern protectedPattern;

  FormRules(FormConfig policy) {
    this.policy = policy;
    this.protectedNamespaces = List.copyOf(policy.protectedNamespaces());
    this.protectedPattern =
        Pattern.compile(
            protectedNamespaces.stream()
                .map(glob -> Pattern.quote(glob).replace("*", "\\E.*\\Q"))
                .collect(Collectors.joining("|")));
  }

  /**
   * Fields that were refused before are null in the document; a rule over one of them holds its
   * peace.
   */
  Stream<Violation> check(RayServiceDocument document) {
    Stream.Builder<Violation> broken = Stream.builder();
    RayServiceDocument.Metadata metadata = document.metadata();
    RayServiceForm form = document.spec();
    checkIdentity(metadata.namespace(), metadata.name(), broken);
    checkTargetNamespace(form.namespace(), metadata.namespace(), broken);
    checkHost("spec.gitlab.hostname", form.gitlab().hostname(), broken);
    checkHost("spec.ingress.host", form.ingress().host(), broken);
    checkUrl(form.rayServeFile(), broken);
    checkPolicy(form, broken);
    return broken.build();
  }

  private static void checkIdentity(
      @Nullable String namespace, @Nullable String name, Stream.Builder<Violation> broken) {
    if (namespace == null || name == null) {
      return;
    }
    if (namespace.length() + name.length() > RayServiceId.MAX_LENGTH) {
      broken.add(
          Violation.of(
              "metadata.name",
              name,
              "must have, together with metadata.namespace, at most %d characters (these have %d)"
                  .formatted(RayServiceId.MAX_LENGTH, namespace.length() + name.length()),
              "Argo CD: the Application ray.<namespace>.<name> is kept in a label of at most 63 characters"));
    }
    Stream.of(new String[] {"metadata.namespace", namespace}, new String[] {"metadata.name", name})
        .filter(part -> DEVICES.contains(part[1]))
        .forEach(part ->
            broken.add(
                Violation.of(
                    part[0],
                    part[1],
                    "must not be the name of a Windows device",
                    "Git: the repository could not be checked out on Windows")));
  }

  private void checkTargetNamespace(
      @Nullable String target, @Nullable String team, Stream.Builder<Violation> broken) {
    if (target == null) {
      return;
    }
    if (target.equals(team)) {
      broken.add(
          Violation.of(
              "spec.namespace",
              target,
              "must differ from metadata.namespace",
              "kro: an instance inside the namespace that it makes could never be deleted"));
    }
    if (protectedPattern.matcher(target).matches()) {
      broken.add(
          Violation.of(
              "spec.namespace",
              target,
              "must not be a protected namespace (" + String.join(", ", protectedNamespaces) + ")",
              "policy of this platform: kro deletes the namespace together with the Ray Service"));
    }
  }

  private static void checkHost(
      String field, @Nullable String host, Stream.Builder<Violation> broken) {
    if (host != null && IP_ADDRESS.matcher(host).matches()) {
      broken.add(
          Violation.of(
              field, host, "must be a host name, not an IP address", "Kubernetes Ingress host"));
    }
  }

  private void checkPolicy(RayServiceForm form, Stream.Builder<Violation> broken) {
    checkMost("spec.replicas", form.replicas(), policy.maxReplicas(), broken);
    checkMost(
        "spec.resources.worker.gpu", form.resources().worker().gpu(), policy.maxGpus(), broken);
    String own = form.ingress().host();
    String host = own == null || own.isEmpty() ? form.gitlab().hostname() : own;
    policy
        .hosts()
        .filter(hosts -> host != null && !hosts.contains(host))
        .ifPresent(hosts ->
            broken.add(
                Violation.of(
                    "spec.ingress.host",
                    host,
                    "must be one of " + String.join(", ", hosts),
                    POLICY)));
  }

  private static void checkMost(
      String field, int value, int most, Stream.Builder<Violation> broken) {
    if (value > most) {
      broken.add(Violation.of(field, value, "must be at most " + most, POLICY));
    }
  }

  private static void checkUrl(@Nullable String url, Stream.Builder<Violation> broken) {
    if (url == null) {
      return;
    }
    try {
      if (new URI(url).getHost() == null) {
        broken.add(urlViolation(url, "must name a legal host"));
      }
    } catch (URISyntaxException e) {
      broken.add(urlViolation(url, "must be a legal URL: " + e.getReason()));
    }
  }

  private static Violation urlViolation(String url, String rule) {
    return Violation.of("spec.rayServeFile", url, rule, "RFC 3986");
  }

  static void requireSame(
      String field, String expected, String actual, String source, List<Violation> violations) {
    if (!actual.equals(expected)) {
      violations.add(Violation.of(field, actual, "must be " + expected, source));
    }
  }

  Stream<Violation> warnings(RayServiceForm form) {
    Stream.Builder<Violation> warnings = Stream.builder();
    if (form.replicas() == 0) {
      warnings.add(
          Violation.of(
              "spec.replicas",
              0,
              "leaves the application to the head pod alone: it has no room to grow and stops with the head",
              "Ray: the head should not run replicas in production"));
    }
    warnIfSmall("spec.resources.head.memory", form.resources().head().memory(), warnings);
    warnIfSmall("spec.resources.worker.memory", form.resources().worker().memory(), warnings);
    return warnings.build();
  }

  private static void warnIfSmall(String field, String memory, Stream.Builder<Violation> warnings) {
    if (Quantities.amount(memory).compareTo(LEAST_MEMORY) < 0) {
      warnings.add(
          Violation.of(
              field,
              memory,
              "is less than 512Mi: Ray's own processes may not fit and the pod may be killed",
              "Ray: memory of its system processes"));
    }
  }
}
