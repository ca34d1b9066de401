package io.github.rayservice.scaffolder.status.diagnosis;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds why a Ray Service does not run. The likeliest cause comes first, because the others often
 * follow from it. Pure.
 */
public final class DiagnosisRules {
  private DiagnosisRules() {}

  public static List<Finding> of(
      Observation seen, PhaseStatus status, DiagnosisContext context, Deadlines deadlines) {
    return switch (status.phase()) {
      case REJECTED -> List.of();
      case PROPOSED -> WaitFindings.of(seen, status, deadlines).stream().toList();
      case DELETING -> DeletionFindings.of(seen, status, context, deadlines);
      case RUNNING ->
          Stream.of(
                  PlatformFindings.secretsMissing(seen).stream(),
                  PodFindings.ofHead(seen, context, deadlines).stream(),
                  EndpointFindings.of(seen, context, deadlines).stream())
              .flatMap(findings -> findings)
              .toList();
      case ACCEPTED, SYNCING, PROVISIONING, STARTING, UPDATING, DEGRADED, FAILED, UNKNOWN -> {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(PlatformFindings.of(seen, status.phase(), context, deadlines));
        findings.addAll(ServeFindings.of(seen, context, deadlines));
        findings.addAll(PodFindings.of(seen, context, deadlines));
        findings.addAll(ServeFindings.waiting(seen));
        if (findings.isEmpty()) {
          WaitFindings.of(seen, status, deadlines).ifPresent(findings::add);
        }
        findings.addAll(EndpointFindings.of(seen, context, deadlines));
        yield List.copyOf(findings);
      }
    };
  }

  static Finding finding(Problem problem, String message, String evidence) {
    return finding(problem, message, evidence, Map.of());
  }

  /** A finding with these values in its next step. */
  static Finding finding(
      Problem problem, String message, String evidence, Map<String, String> values) {
    return new Finding(
        problem, message, List.of(evidence), problem.nextStep(values), Optional.empty());
  }
}
