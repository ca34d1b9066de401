package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.NamespacePatterns;
import io.github.rayservice.scaffolder.RayServiceId;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules that need several fields or the platform's settings. */
final class FormRules {
  private static final BigDecimal MIN_MEMORY = Quantities.amount("512Mi");
  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9]+([.][0-9]+){3}");
  // Windows cannot check out a directory with one of these names.
  private static final Set<String> WINDOWS_DEVICES =
      Stream.concat(
              Stream.of("con", "prn", "aux", "nul"),
              Stream.of("com", "lpt")
                  .flatMap(d -> Stream.of("123456789".split("")).map(n -> d + n)))
          .collect(Collectors.toUnmodifiableSet());

  private final FormConfig policy;
  private final NamespacePatterns protectedNamespaces;

  FormRules(FormConfig policy) {
    this.policy = policy;
    this.protectedNamespaces = new NamespacePatterns(policy.protectedNamespaces());
  }

  /** A field with an earlier violation is null in the document; rules about it are skipped. */
  Stream<Violation> check(RayServiceDocument document) {
    Stream.Builder<Violation> violations = Stream.builder();
    RayServiceDocument.Metadata metadata = document.metadata();
    RayServiceForm form = document.spec();
    checkIdentity(metadata.namespace(), metadata.name(), violations);
    checkTargetNamespace(form.namespace(), metadata.namespace(), violations);
    checkHost("spec.gitlab.hostname", form.gitlab().hostname(), violations);
    checkHost("spec.ingress.host", form.ingress().host(), violations);
    checkZips(form, violations);
    checkPolicy(form, violations);
    return Stream.concat(violations.build(), ApplicationRules.check(form));
  }

  private static void checkIdentity(
      @Nullable String namespace, @Nullable String name, Stream.Builder<Violation> violations) {
    if (namespace == null || name == null) {
      return;
    }
    if (namespace.length() + name.length() > RayServiceId.MAX_LENGTH) {
      violations.add(
          Violation.of(
              "metadata.name",
              name,
              "must have, together with metadata.namespace, at most %d characters (has %d)"
                  .formatted(RayServiceId.MAX_LENGTH, namespace.length() + name.length()),
              "Argo CD: the Application's name, ray.<namespace>.<name>, is a label value of at most 63 characters"));
    }
    Stream.of(new String[] {"metadata.namespace", namespace}, new String[] {"metadata.name", name})
        .filter(part -> WINDOWS_DEVICES.contains(part[1]))
        .forEach(part ->
            violations.add(
                Violation.of(
                    part[0],
                    part[1],
                    "must not be the name of a Windows device",
                    "Git: Windows cannot check out a directory with this name")));
  }

  private void checkTargetNamespace(
      @Nullable String target, @Nullable String team, Stream.Builder<Violation> violations) {
    if (target == null) {
      return;
    }
    if (target.equals(team)) {
      violations.add(
          Violation.of(
              "spec.namespace",
              target,
              "must differ from metadata.namespace",
              "kro: an instance inside the namespace that it creates can never be deleted"));
    }
    if (protectedNamespaces.matches(target)) {
      violations.add(
          Violation.of(
              "spec.namespace",
              target,
              "must not be a protected namespace (" + protectedNamespaces + ")",
              "policy of this platform: kro deletes the namespace together with the Ray Service"));
    }
  }

  private static void checkHost(
      String field, @Nullable String host, Stream.Builder<Violation> violations) {
    if (host != null && IP_ADDRESS.matcher(host).matches()) {
      violations.add(
          Violation.of(
              field, host, "must be a host name, not an IP address", "Kubernetes Ingress host"));
    }
  }

  private void checkPolicy(RayServiceForm form, Stream.Builder<Violation> violations) {
    checkMaximum("spec.replicas", form.replicas(), policy.maxReplicas(), violations);
    if (form.autoscaling() != null) {
      checkMaximum(
          "spec.autoscaling.maxReplicas",
          form.autoscaling().maxReplicas(),
          policy.maxReplicas(),
          violations);
    }
    checkMaximum(
        "spec.resources.worker.gpu", form.resources().worker().gpu(), policy.maxGpus(), violations);
    String ingressHost = form.ingress().host();
    String host =
        ingressHost == null || ingressHost.isEmpty() ? form.gitlab().hostname() : ingressHost;
    policy
        .hosts()
        .filter(hosts -> host != null && !hosts.contains(host))
        .ifPresent(hosts ->
            violations.add(
                Violation.of(
                    "spec.ingress.host",
                    host,
                    "must be one of " + String.join(", ", hosts),
                    BrokenRule.POLICY)));
  }

  private static void checkMaximum(
      String field, int value, int maximum, Stream.Builder<Violation> violations) {
    if (value > maximum) {
      violations.add(Violation.of(field, value, "must be at most " + maximum, BrokenRule.POLICY));
    }
  }

  /** Every address that Ray is told to download, in whatever field. */
  private void checkZips(RayServiceForm form, Stream.Builder<Violation> violations) {
    // Beside a Serve config, the default means that there is no zip.
    if (form.rayServeFile() != null
        && (form.serveConfig() == null
            || !form.rayServeFile().equals(RayServiceForm.EXAMPLE_ZIP))) {
      checkUrl("spec.rayServeFile", form.rayServeFile(), violations);
    }
    checkRuntimeEnvs("spec.args", form.args(), violations);
    checkRuntimeEnvs("spec.serveConfig", form.serveConfig(), violations);
  }

  /** Ray Serve's applications and language models have runtime environments of their own. */
  private void checkRuntimeEnvs(
      String path, @Nullable JsonNode value, Stream.Builder<Violation> violations) {
    if (value == null) {
      return;
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        checkRuntimeEnvs(path + "[" + i + "]", value.get(i), violations);
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String inner = path + "." + field.getKey();
      if (field.getKey().equals("runtime_env")) {
        JsonNode modules = field.getValue().path("py_modules");
        checkUrl(inner + ".working_dir", field.getValue().path("working_dir").asText(), violations);
        for (int i = 0; i < modules.size(); i++) {
          checkUrl(inner + ".py_modules[" + i + "]", modules.get(i).asText(), violations);
        }
      } else {
        checkRuntimeEnvs(inner, field.getValue(), violations);
      }
    }
  }

  private void checkUrl(String field, String url, Stream.Builder<Violation> violations) {
    if (url.isEmpty()) {
      return;
    }
    try {
      URI address = new URI(url);
      if (address.getHost() == null) {
        violations.add(Violation.of(field, url, "must contain a valid host name", "RFC 3986"));
      } else if (address.getUserInfo() != null) {
        violations.add(
            Violation.withoutValue(
                field, "must not contain a user name or a password", BrokenRule.POLICY));
      } else if (!policy.serveFileSchemes().contains(address.getScheme())) {
        violations.add(
            Violation.of(
                field,
                url,
                "must be a URL of " + String.join(" or ", policy.serveFileSchemes()),
                BrokenRule.POLICY));
      } else {
        policy
            .serveFileHosts()
            .filter(hosts -> !hosts.contains(address.getHost()))
            .ifPresent(hosts ->
                violations.add(
                    Violation.of(
                        field,
                        url,
                        "must be at one of the hosts " + String.join(", ", hosts),
                        BrokenRule.POLICY)));
      }
    } catch (URISyntaxException e) {
      violations.add(Violation.of(field, url, "must be a valid URL: " + e.getReason(), "RFC 3986"));
    }
  }

  static void requireSame(
      String field, String expected, String actual, String source, List<Violation> violations) {
    if (!actual.equals(expected)) {
      violations.add(Violation.of(field, actual, "must be " + expected, source));
    }
  }

  Stream<Violation> warnings(RayServiceForm form) {
    Stream.Builder<Violation> warnings = Stream.builder();
    if (form.replicas() == 0 && form.autoscaling() == null) {
      warnings.add(
          Violation.of(
              "spec.replicas",
              0,
              "runs the application on the head pod only: it cannot scale out and it stops with the head pod",
              "Ray: the head should not run replicas in production"));
    }
    warnIfSmall("spec.resources.head.memory", form.resources().head().memory(), warnings);
    warnIfSmall("spec.resources.worker.memory", form.resources().worker().memory(), warnings);
    return Stream.concat(warnings.build(), ApplicationRules.warnings(form));
  }

  private static void warnIfSmall(String field, String memory, Stream.Builder<Violation> warnings) {
    if (Quantities.amount(memory).compareTo(MIN_MEMORY) < 0) {
      warnings.add(
          Violation.of(
              field,
              memory,
              "is less than 512Mi: Ray's own processes may not fit and the pod may be killed",
              "Ray: memory of its system processes"));
    }
  }
}
