package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.Diagnosis.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why the endpoints cannot be reached from outside, though all may run inside. */
final class EndpointFindings {
  private EndpointFindings() {}

  static List<Finding> of(Observation seen, Surroundings around) {
    List<Finding> findings = new ArrayList<>();
    String className = seen.kro().seen().map(KroInstance::ingressClass).orElse("");
    if (!className.isEmpty() && around.ingressClass().isAbsent()) {
      findings.add(
          finding(
              "IngressClassMissing",
              "the cluster has no ingress class " + className,
              "there is no IngressClass of that name",
              "install its controller, or set ingress.className to a class that is there"));
      return findings;
    }
    around.ingresses().stream()
        .filter(i -> i.addresses().isEmpty() && around.isOverdue(i.stamp()))
        .map(i ->
            finding(
                "NoIngressAddress",
                "no controller serves the Ingress",
                "the Ingress %s/%s has no address"
                    .formatted(i.stamp().namespace(), i.stamp().name()),
                "see whether the controller of class %s runs, and then whether DNS leads %s to it"
                    .formatted(
                        i.className(),
                        seen.kro().seen().map(KroInstance::host).orElse("the host"))))
        .forEach(findings::add);
    lost(seen, around).ifPresent(findings::add);
    return findings;
  }

  /** When an Ingress without an address has been waited for long enough; empty when none is. */
  static Optional<Instant> judgedAgain(Surroundings around) {
    return around.ingresses().stream()
        .filter(i -> i.addresses().isEmpty() && !around.isOverdue(i.stamp()))
        .flatMap(i -> i.stamp().created().stream())
        .map(around::due)
        .max(Comparator.naturalOrder());
  }

  private static Optional<Finding> lost(Observation seen, Surroundings around) {
    String host = seen.kro().seen().map(KroInstance::host).orElse("");
    String addresses =
        around.ingresses().stream()
            .flatMap(ingress -> ingress.addresses().stream())
            .distinct()
            .collect(Collectors.joining(", "));
    return Optional.ofNullable(around.asked().lostHosts().get(host))
        .map(why ->
            finding(
                "HostUnknown",
                "the host %s has no address in DNS".formatted(host),
                why,
                "let DNS lead %s to %s, or set ingress.host to a name that DNS knows"
                    .formatted(host, addresses.isEmpty() ? "the ingress controller" : addresses)));
  }
}
