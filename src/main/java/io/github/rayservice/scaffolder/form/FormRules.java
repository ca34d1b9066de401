package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.NamespacePatterns;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.policy.EndpointHosts;
import io.github.rayservice.scaffolder.form.policy.IngressClassName;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.DownloadHost;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.IdentityGrant;
import io.github.rayservice.scaffolder.form.value.ImagePrefix;
import io.github.rayservice.scaffolder.form.value.ImageReference;
import io.github.rayservice.scaffolder.form.value.LocalAddress;
import io.github.rayservice.scaffolder.form.value.QuantityWarnings;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules that need several fields or the platform's settings. */
final class FormRules {
  /** Of these the host is a bucket, whose name may be a number. */
  private static final Set<String> BUCKETS = Set.of("s3", "gs");

  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9]+([.][0-9]+){3}");
  // Windows cannot check out a directory with one of these names.
  private static final Set<String> WINDOWS_DEVICES =
      Stream.concat(
              Stream.of("con", "prn", "aux", "nul"),
              Stream.of("com", "lpt")
                  .flatMap(d -> Stream.of("123456789".split("")).map(n -> d + n)))
          .collect(Collectors.toUnmodifiableSet());

  private final FormConfig policy;
  private final HardwareProfiles profiles;
  private final NamespacePatterns protectedNamespaces;
  private final NamespacePatterns refusedTeams;
  private final EndpointHosts hosts;
  private final List<String> classes;
  private final List<String> schemes;

  FormRules(FormConfig policy, HardwareProfiles profiles, EndpointHosts hosts) {
    this.policy = policy;
    this.profiles = profiles;
    this.hosts = hosts;
    this.classes = policy.ingressClasses().stream().map(IngressClassName::name).toList();
    this.schemes = policy.serveFileSchemes().stream().map(String::strip).toList();
    this.protectedNamespaces = new NamespacePatterns(policy.protectedNamespaces());
    this.refusedTeams = new NamespacePatterns(policy.refusedTeamNamespaces());
  }

  /** A field with an earlier violation is null in the document; rules about it are skipped. */
  Stream<Violation> check(RayServiceDocument document) {
    Stream.Builder<Violation> violations = Stream.builder();
    RayServiceDocument.Metadata metadata = document.metadata();
    RayServiceForm form = document.spec();
    checkIdentity(metadata.namespace(), metadata.name(), violations);
    checkTeam(metadata.namespace(), violations);
    checkTargetNamespace(form.namespace(), metadata.namespace(), violations);
    checkHost("spec.gitlab.hostname", form.gitlab().hostname(), violations);
    checkHost("spec.ingress.host", form.ingress().host(), violations);
    Download.of(form).forEach(download -> checkDownload(download, violations));
    checkImage("spec.ray.image", form.ray().image(), violations);
    InnerRuntimeEnv.of(form).forEach(inner -> checkContainers(inner, violations));
    checkPolicy(form, violations);
    checkCloudIdentity(metadata.namespace(), form.cloudIdentity(), violations);
    return Stream.of(
            violations.build(),
            Ceiling.check(profiles.resolve(form), policy),
            HardwareRules.check(form, profiles, policy.maxGpus()),
            ModelCache.check(form.modelCache()),
            ApplicationRules.check(form))
        .flatMap(found -> found);
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

  private void checkTeam(@Nullable String team, Stream.Builder<Violation> violations) {
    if (team != null && refusedTeams.matches(team)) {
      violations.add(
          Violation.of(
              "metadata.namespace",
              team,
              "must be a team's namespace, none of the platform's (" + refusedTeams + ")",
              BrokenRule.POLICY
                  + ": scaffolder.form.refused-team-namespaces; Argo CD's project refuses it, too"));
    }
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

  private void checkCloudIdentity(
      @Nullable String team, @Nullable String identity, Stream.Builder<Violation> violations) {
    List<IdentityGrant> grants = policy.cloudIdentities().orElse(List.of());
    if (team == null
        || identity == null
        // Each has its own violation then, and no wildcard sees a text of any length.
        || Grammar.NAMESPACE.check(team).isPresent()
        || Grammar.CLOUD_IDENTITY.check(identity).isPresent()
        || grants.stream().anyMatch(grant -> grant.allows(team, identity))) {
      return;
    }
    String allowed =
        grants.stream()
            .filter(grant -> grant.isOf(team))
            .map(IdentityGrant::role)
            .collect(Collectors.joining(", "));
    violations.add(
        Violation.of(
            "spec.cloudIdentity",
            identity,
            allowed.isEmpty()
                ? "must be absent: this platform lets no Ray Service of %s take a role in a cloud"
                    .formatted(team)
                : "must be a role that %s may take: %s".formatted(team, allowed),
            BrokenRule.POLICY + ": scaffolder.form.cloud-identities"));
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
    checkEndpoints(form.ingress(), violations);
  }

  private void checkEndpoints(
      RayServiceForm.Ingress ingress, Stream.Builder<Violation> violations) {
    String host = ingress.host();
    // The platform's hosts fill in an empty one, unless the document has no identity.
    if (host != null && !host.isEmpty()) {
      hosts.check("spec.ingress.host", host).ifPresent(violations::add);
    }
    String className = ingress.className();
    if (className != null && !classes.contains(className)) {
      violations.add(
          Violation.of(
              "spec.ingress.className",
              className,
              "must be one of " + String.join(", ", classes),
              BrokenRule.POLICY + ": scaffolder.form.ingress-classes"));
    }
  }

  private static void checkMaximum(
      String field, int value, int maximum, Stream.Builder<Violation> violations) {
    if (value > maximum) {
      violations.add(Violation.of(field, value, "must be at most " + maximum, BrokenRule.POLICY));
    }
  }

  /**
   * The platform's list judges the image as it is written, without the registry that the definition
   * puts in front of Ray's images. An image that is no valid reference has its own violation.
   */
  private void checkImage(
      String field, @Nullable String image, Stream.Builder<Violation> violations) {
    if (image == null || image.isEmpty() || Grammar.RAY_IMAGE.check(image).isPresent()) {
      return;
    }
    policy
        .images()
        .filter(allowed ->
            allowed.stream().noneMatch(prefix -> prefix.allows(ImageReference.of(image))))
        .ifPresent(allowed ->
            violations.add(
                Violation.of(
                    field,
                    image,
                    "must be an image of " + ImagePrefix.join(allowed),
                    BrokenRule.POLICY + ": scaffolder.form.images")));
  }

  private void checkContainers(InnerRuntimeEnv inner, Stream.Builder<Violation> violations) {
    checkContainer(inner.path() + ".image_uri", inner.value().path("image_uri"), violations);
    checkContainer(
        inner.path() + ".container.image", inner.value().at("/container/image"), violations);
  }

  /** Ray starts workers in such an image, inside of the pod's own. */
  private void checkContainer(String field, JsonNode image, Stream.Builder<Violation> violations) {
    String text = image.asText();
    Optional<BrokenRule> broken = Grammar.RAY_IMAGE.check(text);
    broken.ifPresentOrElse(
        rule -> violations.add(Violation.of(field, text, rule.rule(), rule.source())),
        () -> checkImage(field, text, violations));
  }

  private void checkDownload(Download download, Stream.Builder<Violation> violations) {
    String field = download.field();
    String url = download.url();
    if (isTooLong(download)) {
      Grammar.ZIP_URL
          .check(url)
          .ifPresent(rule -> violations.add(Violation.of(field, url, rule.rule(), rule.source())));
      return;
    }
    try {
      URI address = new URI(url);
      if (address.getHost() == null) {
        violations.add(Violation.of(field, url, "must contain a valid host name", "RFC 3986"));
      } else if (!BUCKETS.contains(scheme(address)) && LocalAddress.is(address.getHost())) {
        violations.add(
            Violation.of(
                field,
                url,
                "must be at another machine, by its name or its address a.b.c.d: not localhost, and not a link-local address such as 169.254.169.254",
                "RFC 6890"));
      } else if (hasCredentials(address)) {
        violations.add(
            Violation.withoutValue(
                field, "must not contain a user name or a password", BrokenRule.POLICY));
      } else if (address.getQuery() != null) {
        violations.add(
            Violation.withoutValue(
                field, "must not contain a query, which may hold a credential", BrokenRule.POLICY));
      } else if (download.archive() && !schemes.contains(scheme(address))) {
        violations.add(
            Violation.of(
                field,
                url,
                "must be a URL of " + String.join(" or ", schemes),
                BrokenRule.POLICY + ": scaffolder.form.serve-file-schemes"));
      } else {
        policy
            .serveFileHosts()
            .filter(hosts -> hosts.stream().noneMatch(h -> h.isHostOf(address.getHost())))
            .ifPresent(hosts ->
                violations.add(
                    Violation.of(
                        field,
                        url,
                        "must be at one of the hosts "
                            + hosts.stream()
                                .map(DownloadHost::name)
                                .collect(Collectors.joining(", ")),
                        BrokenRule.POLICY + ": scaffolder.form.serve-file-hosts")));
      }
    } catch (URISyntaxException e) {
      violations.add(Violation.of(field, url, "must be a valid URL: " + e.getReason(), "RFC 3986"));
    }
  }

  /** Ray names a wheel after the last part of its address. */
  private static boolean isTooLong(Download download) {
    return download.archive()
        && !download.url().endsWith(".whl")
        && download.url().length() > Grammar.ZIP_URL.maxLength();
  }

  /** The user name of an address of ssh, which has no credential, is that of the server. */
  private static boolean hasCredentials(URI address) {
    String user = address.getUserInfo();
    return user != null && (user.contains(":") || !scheme(address).endsWith("ssh"));
  }

  /** Empty where there is none, as in {@code //example.com/a.zip}. */
  private static String scheme(URI address) {
    return address.getScheme() == null ? "" : address.getScheme();
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
    Resources.Head head = form.resources().head();
    Resources.Worker worker = form.resources().worker();
    QuantityWarnings.warnOfCpu("spec.resources.head.cpu", head.cpu(), warnings);
    QuantityWarnings.warnOfMemory("spec.resources.head.memory", head.memory(), warnings);
    QuantityWarnings.warnOfStorage(
        "spec.resources.head.ephemeralStorage", head.ephemeralStorage(), warnings);
    QuantityWarnings.warnOfCpu("spec.resources.worker.cpu", worker.cpu(), warnings);
    QuantityWarnings.warnOfMemory("spec.resources.worker.memory", worker.memory(), warnings);
    QuantityWarnings.warnOfStorage(
        "spec.resources.worker.ephemeralStorage", worker.ephemeralStorage(), warnings);
    if (form.modelCache() != null) {
      ModelCache.warn(form.modelCache(), warnings);
    }
    return Stream.concat(warnings.build(), ApplicationRules.warnings(form));
  }
}
