package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import io.github.rayservice.scaffolder.status.resource.WarningEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What keeps the Ray cluster's pods from running. */
final class PodFindings {
  private PodFindings() {}

  static List<Finding> of(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    forbidden(seen, context).ifPresent(findings::add);
    // Pods of one group have the same problem. Report it once, for the first pod.
    Map<Problem, Finding> once = new EnumMap<>(Problem.class);
    for (PodState pod : present(seen)) {
      for (Finding finding : of(pod, seen, context, deadlines)) {
        if (!followsFromMissingSecret(finding, seen)) {
          once.putIfAbsent(finding.problem(), finding);
        }
      }
    }
    findings.addAll(once.values());
    if (findings.isEmpty()) {
      ofHead(seen, context, deadlines).or(() -> apart(seen, deadlines)).ifPresent(findings::add);
    }
    return findings;
  }

  /** Whether the kubelet misses the copy of a Secret that kro misses in the team's namespace. */
  private static boolean followsFromMissingSecret(Finding finding, Observation seen) {
    return PlatformFindings.missingSecrets(seen).stream()
        .map("secret \"%s\" not found"::formatted)
        .anyMatch(words -> finding.evidence().stream().anyMatch(line -> line.contains(words)));
  }

  /** What keeps one pod from running. A step that fails hides what the steps after it said. */
  private static List<Finding> of(
      PodState pod, Observation seen, DiagnosisContext context, Deadlines deadlines) {
    if (pod.hasEnded() && NodeFindings.isReplaced(pod, seen)) {
      return List.of();
    }
    return pod.nodeVerdict()
        .map(verdict -> NodeFindings.ended(pod, verdict))
        .or(() -> SchedulerFindings.of(pod, context.probes().capacity()))
        .or(() -> NodeFindings.unprepared(pod, context, deadlines))
        .map(List::of)
        .orElseGet(() -> ContainerFindings.of(pod, deadlines));
  }

  /**
   * The pods of the Ray clusters that KubeRay uses or prepares. One that is being deleted makes
   * room for another, unless its node has lost it.
   */
  private static List<PodState> present(Observation seen) {
    Set<String> clusters =
        seen.kubeRay().present().stream()
            .flatMap(ray -> Stream.concat(ray.pending().stream(), ray.active().stream()))
            .map(KubeRayService.Cluster::name)
            .collect(Collectors.toSet());
    return seen.pods().stream()
        .filter(pod -> clusters.isEmpty() || clusters.contains(pod.cluster()))
        .filter(pod -> !pod.metadata().isDeleting() || pod.nodeVerdict().isPresent())
        .toList();
  }

  /** Pods that Kubernetes does not allow KubeRay to create. */
  private static Optional<Finding> forbidden(Observation seen, DiagnosisContext context) {
    Optional<String> words =
        seen.clusters().stream()
            .flatMap(c -> c.conditions().stream())
            .filter(c -> c.type().equals("ReplicaFailure") && c.isTrue())
            .map(StatusCondition::message)
            .findFirst()
            .or(() ->
                seen.pods().isEmpty()
                    ? context.warnings().stream()
                        .filter(w ->
                            w.reason().startsWith("FailedToCreate")
                                && w.message().contains("forbidden"))
                        .map(WarningEvent::message)
                        .findFirst()
                    : Optional.empty());
    return words.map(w -> {
      Problem problem =
          w.contains("exceeded quota") ? Problem.QUOTA_EXCEEDED : Problem.POD_FORBIDDEN;
      return finding(problem, problem.meaning(), w);
    });
  }

  /**
   * A head that runs and that Kubernetes does not call ready. The model may still answer, because
   * the workers do not need the head for that.
   */
  static Optional<Finding> ofHead(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    return present(seen).stream()
        .flatMap(pod ->
            unreadyHead(pod)
                .filter(deadlines::isOverdue)
                .map(since -> headNotReady(pod.metadata(), since, probe(pod.metadata(), context))))
        .findFirst();
  }

  /** Since when it runs without being ready. */
  private static Stream<Instant> unreadyHead(PodState pod) {
    return pod.containers().stream()
        .filter(container -> pod.head() && !container.ready())
        .flatMap(container -> container.running().stream());
  }

  private static Finding headNotReady(ObjectMetadata pod, Instant since, Optional<String> probe) {
    // For Ray before 2.53, KubeRay (1.6) asks first the raylet and then the dashboard; each says
    // success. For a newer Ray it asks neither the dashboard nor for words.
    boolean dashboard = probe.filter(words -> words.contains("success")).isPresent();
    List<String> evidence = new ArrayList<>();
    evidence.add("the pod %s runs since %s and is not ready".formatted(pod.name(), since));
    probe.ifPresent(evidence::add);
    String log = "kubectl logs --namespace %s %s".formatted(pod.namespace(), pod.name());
    return new Finding(
        Problem.HEAD_NOT_READY,
        dashboard
            ? "the Ray head runs, but its dashboard, which takes the Serve application, does not answer"
            : Problem.HEAD_NOT_READY.meaning(),
        List.copyOf(evidence),
        dashboard
            ? "read its log (%s): Ray goes on without a dashboard that took longer than 30 seconds to start; raise resources.head.cpu in the form, which brings a new Ray cluster. Deleting the pod ends a model that answers"
                .formatted(log)
            : Problem.HEAD_NOT_READY.nextStep(Map.of("log", log)),
        Optional.empty());
  }

  /** What the kubelet said last of the probe that failed. */
  private static Optional<String> probe(ObjectMetadata pod, DiagnosisContext context) {
    return context.warnings().stream()
        .filter(w -> w.reason().equals("Unhealthy") && w.isAbout(pod))
        .filter(w -> w.message().startsWith("Readiness"))
        .max(Comparator.comparing(w -> w.last().orElse(Instant.MIN)))
        .map(w -> w.message().strip());
  }

  /**
   * Workers wait in an init container until the head answers. Afterwards their readiness says
   * nothing: one that runs without a replica of the Serve application is never ready.
   */
  private static Optional<Finding> apart(Observation seen, Deadlines deadlines) {
    boolean headReady = present(seen).stream().anyMatch(p -> p.head() && p.ready());
    List<PodState> waiting =
        present(seen).stream()
            .filter(p -> !p.head() && p.phase().equals("Pending"))
            .filter(p ->
                p.initContainers().stream()
                    .flatMap(container -> container.running().stream())
                    .anyMatch(deadlines::isOverdue))
            .toList();
    return headReady && !waiting.isEmpty()
        ? Optional.of(
            finding(
                Problem.WORKERS_NOT_JOINING,
                waiting.size() == 1
                    ? "a Ray worker runs and does not join the head"
                    : "%d Ray workers run and do not join the head".formatted(waiting.size()),
                "pod %s is %s, the head is ready"
                    .formatted(waiting.getFirst().metadata().name(), waiting.getFirst().phase())))
        : Optional.empty();
  }
}
