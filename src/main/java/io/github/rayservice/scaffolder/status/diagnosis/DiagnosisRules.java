package io.github.rayservice.scaffolder.status.diagnosis;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The README's troubleshooting, done by the service: from what was seen to why it does not run.
 * Pure; the likeliest cause comes first, because the others often follow from it.
 */
public final class DiagnosisRules {
  private DiagnosisRules() {}

  public static List<Finding> of(Observation seen, Phase phase, DiagnosisContext context) {
    return switch (phase) {
      case PROPOSED, REJECTED, DELETING -> List.of();
      case RUNNING ->
          Stream.concat(
                  PodFindings.ofHead(seen, context).stream(),
                  EndpointFindings.of(seen, context).stream())
              .toList();
      case ACCEPTED, SYNCING, PROVISIONING, STARTING, UPDATING, DEGRADED, FAILED, UNKNOWN -> {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(PlatformFindings.of(seen, phase, context));
        findings.addAll(ServeFindings.of(seen));
        findings.addAll(PodFindings.of(seen, context));
        findings.addAll(ServeFindings.waiting(seen));
        findings.addAll(EndpointFindings.of(seen, context));
        yield List.copyOf(findings);
      }
    };
  }

  /** When mere waiting may tell more; empty when only news can. */
  public static Optional<Instant> judgedAgain(Observation seen, DiagnosisContext context) {
    return Stream.concat(
            PodFindings.judgedAgain(seen, context).stream(),
            EndpointFindings.judgedAgain(context).stream())
        .min(Comparator.naturalOrder());
  }

  static Finding finding(String problem, String message, String evidence, String nextStep) {
    return new Finding(problem, message, List.of(evidence), nextStep, Optional.empty());
  }
}
