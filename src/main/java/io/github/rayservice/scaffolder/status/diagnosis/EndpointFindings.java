package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why the endpoints cannot be reached from outside, even if all runs inside. */
final class EndpointFindings {
  private EndpointFindings() {}

  static List<Finding> of(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    String className = seen.kro().present().map(KroInstance::ingressClass).orElse("");
    if (!className.isEmpty() && context.ingressClass().isAbsent()) {
      findings.add(
          finding(
              Problem.INGRESS_CLASS_MISSING,
              "the cluster has no ingress class " + className,
              "there is no IngressClass of that name"));
      return findings;
    }
    // That of the model and that of the dashboard have the same class and host: one says it for
    // both.
    context.ingresses().stream()
        .filter(i -> i.addresses().isEmpty() && i.metadata().isOverdue(deadlines))
        .map(i ->
            finding(
                Problem.NO_INGRESS_ADDRESS,
                Problem.NO_INGRESS_ADDRESS.meaning(),
                "the Ingress %s/%s has no address"
                    .formatted(i.metadata().namespace(), i.metadata().name()),
                Map.of(
                    "class",
                    i.className(),
                    "host",
                    seen.kro().present().map(KroInstance::host).orElse("the host"))))
        .findFirst()
        .ifPresent(findings::add);
    unresolvedHost(seen, context).ifPresent(findings::add);
    return findings;
  }

  private static Optional<Finding> unresolvedHost(Observation seen, DiagnosisContext context) {
    String host = seen.kro().present().map(KroInstance::host).orElse("");
    String addresses =
        context.ingresses().stream()
            .flatMap(ingress -> ingress.addresses().stream())
            .distinct()
            .collect(Collectors.joining(", "));
    return Optional.ofNullable(context.probes().unresolvedHosts().get(host))
        .map(why ->
            finding(
                Problem.HOST_UNKNOWN,
                "the host %s has no address in DNS".formatted(host),
                why,
                Map.of(
                    "host",
                    host,
                    "address",
                    addresses.isEmpty() ? "the ingress controller" : addresses)));
  }
}
