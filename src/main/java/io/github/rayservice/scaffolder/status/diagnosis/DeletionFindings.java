package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.NamespaceState;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What keeps a Ray Service from being removed. */
final class DeletionFindings {
  private DeletionFindings() {}

  static List<Finding> of(
      Observation seen, PhaseStatus status, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    namespace(context, deadlines).ifPresent(findings::add);
    held(seen, deadlines).ifPresent(findings::add);
    if (findings.isEmpty() && deadlines.isLongOverdue(status.since())) {
      findings.add(
          finding(
              Problem.NOT_REMOVED,
              Problem.NOT_REMOVED.meaning(),
              "%s since %s; %s".formatted(status.reason(), status.since(), status.message()),
              Map.of(
                  "namespace",
                  seen.kubeRay()
                      .lastKnown()
                      .map(ray -> ray.metadata().namespace())
                      .or(() -> seen.kro().lastKnown().map(KroInstance::targetNamespace))
                      .orElse("of its pods"))));
    }
    return List.copyOf(findings);
  }

  /**
   * A target namespace that is being deleted, in the words of its own conditions. An error of the
   * namespace controller is said early; that something is left is normal for minutes.
   */
  static Optional<Finding> namespace(DiagnosisContext context, Deadlines deadlines) {
    return context
        .namespace()
        .filter(namespace ->
            namespace
                .metadata()
                .deleted()
                .filter(since ->
                    namespace.remaining().stream().anyMatch(DeletionFindings::isError)
                        ? deadlines.isOverdue(since)
                        : deadlines.isLongOverdue(since))
                .isPresent())
        .map(DeletionFindings::namespace);
  }

  private static Finding namespace(NamespaceState namespace) {
    String name = namespace.metadata().name();
    List<String> evidence = new ArrayList<>();
    // First what failed: what is left often follows from it.
    Stream.of(true, false)
        .flatMap(error -> namespace.remaining().stream().filter(c -> isError(c) == error))
        .forEach(c -> evidence.add("%s: %s".formatted(c.type(), c.message())));
    evidence.add(describe("namespace " + name, namespace.metadata()));
    return new Finding(
        Problem.NAMESPACE_TERMINATING,
        "the namespace %s does not end".formatted(name),
        List.copyOf(evidence),
        Problem.NAMESPACE_TERMINATING.nextStep(Map.of("namespace", name)),
        Optional.empty());
  }

  /** {@code NamespaceDeletionDiscoveryFailure} and its like; the others tell what is left. */
  private static boolean isError(StatusCondition condition) {
    return condition.type().endsWith("Failure");
  }

  /** The objects that are being deleted for too long; those inside first, for the others wait. */
  private static Optional<Finding> held(Observation seen, Deadlines deadlines) {
    List<String> evidence = new ArrayList<>();
    seen.clusters().stream()
        .map(cluster -> overdue("RayCluster", cluster.metadata(), Optional.empty(), deadlines))
        .forEach(words -> words.ifPresent(evidence::add));
    seen.kubeRay()
        .lastKnown()
        .flatMap(ray -> overdue("RayService", ray.metadata(), Optional.empty(), deadlines))
        .ifPresent(evidence::add);
    seen.kro()
        .lastKnown()
        .flatMap(kro -> overdue("kro instance", kro.metadata(), error(kro), deadlines))
        .ifPresent(evidence::add);
    seen.argoCd()
        .lastKnown()
        .flatMap(app -> overdue("Application", app.metadata(), error(app), deadlines))
        .ifPresent(evidence::add);
    return evidence.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                Problem.DELETION_STUCK,
                Problem.DELETION_STUCK.meaning(),
                List.copyOf(evidence),
                Problem.DELETION_STUCK.nextStep(),
                Optional.empty()));
  }

  private static Optional<String> overdue(
      String kind, ObjectMetadata metadata, Optional<String> error, Deadlines deadlines) {
    String object = "%s %s/%s".formatted(kind, metadata.namespace(), metadata.name());
    return metadata
        .deleted()
        .filter(since ->
            error.isPresent() ? deadlines.isOverdue(since) : deadlines.isLongOverdue(since))
        .map(since -> error.map(words -> words + "; ").orElse("") + describe(object, metadata));
  }

  private static String describe(String object, ObjectMetadata metadata) {
    return "the %s is being deleted since %s; finalizers: %s"
        .formatted(
            object,
            metadata.deleted().map(Object::toString).orElse("?"),
            metadata.finalizers().isEmpty() ? "none" : String.join(", ", metadata.finalizers()));
  }

  private static Optional<String> error(KroInstance instance) {
    return instance.conditions().stream()
        .filter(c -> c.isFalse() && c.reason().equals("DeletionError"))
        .findFirst()
        .map(StatusCondition::message);
  }

  private static Optional<String> error(ArgoApplication application) {
    return application.errors().stream()
        .filter(c -> c.type().equals("DeletionError"))
        .findFirst()
        .map(StatusCondition::message);
  }
}
