package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why the endpoints cannot be reached from outside, though all may run inside. */
final class EndpointFindings {
  private EndpointFindings() {}

  static List<Finding> of(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    String className = seen.kro().present().map(KroInstance::ingressClass).orElse("");
    if (!className.isEmpty() && context.ingressClass().isAbsent()) {
      findings.add(
          finding(
              "IngressClassMissing",
              "the cluster has no ingress class " + className,
              "there is no IngressClass of that name",
              "install its controller, or set ingress.className to a class that is there"));
      return findings;
    }
    context.ingresses().stream()
        .filter(i -> i.addresses().isEmpty() && i.metadata().isOverdue(deadlines))
        .map(i ->
            finding(
                "NoIngressAddress",
                "no controller serves the Ingress",
                "the Ingress %s/%s has no address"
                    .formatted(i.metadata().namespace(), i.metadata().name()),
                "see whether the controller of class %s runs, and then whether DNS leads %s to it"
                    .formatted(
                        i.className(),
                        seen.kro().present().map(KroInstance::host).orElse("the host"))))
        .forEach(findings::add);
    lost(seen, context).ifPresent(findings::add);
    return findings;
  }

  private static Optional<Finding> lost(Observation seen, DiagnosisContext context) {
    String host = seen.kro().present().map(KroInstance::host).orElse("");
    String addresses =
        context.ingresses().stream()
            .flatMap(ingress -> ingress.addresses().stream())
            .distinct()
            .collect(Collectors.joining(", "));
    return Optional.ofNullable(context.probes().unresolvedHosts().get(host))
        .map(why ->
            finding(
                "HostUnknown",
                "the host %s has no address in DNS".formatted(host),
                why,
                "let DNS lead %s to %s, or set ingress.host to a name that DNS knows"
                    .formatted(host, addresses.isEmpty() ? "the ingress controller" : addresses)));
  }
}
