package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import io.github.rayservice.scaffolder.status.resource.WarningEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What keeps the Ray cluster's pods from running. */
final class PodFindings {
  private static final Set<String> PULL =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");
  private static final Set<String> SETUP =
      Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");

  /** Reasons of containerd and CRI-O for a container that never started. */
  private static final Set<String> NEVER_BEGAN = Set.of("StartError", "ContainerCannotRun");

  /** The scheduler's words for what is lacking. If several are, the first in this list counts. */
  private static final List<Map.Entry<String, Problem>> RESOURCES =
      List.of(
          Map.entry("Insufficient cpu", Problem.NOT_ENOUGH_CPU),
          Map.entry("Insufficient nvidia.com/gpu", Problem.NOT_ENOUGH_GPU),
          Map.entry("Insufficient memory", Problem.NOT_ENOUGH_MEMORY));

  private PodFindings() {}

  static List<Finding> of(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    forbidden(seen, context).ifPresent(findings::add);
    // Pods of one group have the same problem. Report it once, for the first pod.
    Map<String, Finding> once = new TreeMap<>();
    for (PodState pod : seen.pods()) {
      unscheduled(pod, context.probes().capacity())
          .ifPresent(f -> once.putIfAbsent("1" + f.problem().code(), f));
      for (PodState.Container container : pod.containers()) {
        stuck(pod, container).ifPresent(f -> once.putIfAbsent("2" + f.problem().code(), f));
      }
    }
    findings.addAll(once.values());
    if (findings.isEmpty()) {
      ofHead(seen, context, deadlines).or(() -> apart(seen, deadlines)).ifPresent(findings::add);
    }
    return findings;
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

  private static Optional<Finding> unscheduled(PodState pod, Optional<String> capacity) {
    return pod.unscheduled()
        .filter(why -> !why.isEmpty())
        .map(why -> {
          Problem problem =
              RESOURCES.stream()
                  .filter(e -> why.contains(e.getKey()))
                  .map(Map.Entry::getValue)
                  .findFirst()
                  .orElse(Problem.UNSCHEDULABLE);
          String name = pod.metadata().name();
          return new Finding(
              problem,
              problem.isLackOfCapacity()
                  ? "%s for the pod %s".formatted(problem.meaning(), name)
                  : "no node takes the pod " + name,
              Stream.concat(
                      Stream.of(why, "it asks for " + asked(pod)),
                      capacity.filter(free -> problem.isLackOfCapacity()).stream())
                  .toList(),
              problem.nextStep(),
              Optional.empty());
        });
  }

  private static String asked(PodState pod) {
    List<String> parts = new ArrayList<>();
    new TreeMap<>(pod.requests()).forEach((name, amount) -> parts.add(amount + " " + name));
    return parts.isEmpty() ? "nothing" : String.join(", ", parts);
  }

  private static Optional<Finding> stuck(PodState pod, PodState.Container container) {
    String where = "pod %s, container %s".formatted(pod.metadata().name(), container.name());
    if (PULL.contains(container.waiting())) {
      return Optional.of(
          finding(
              Problem.IMAGE_PULL,
              "the image %s cannot be pulled (%s)".formatted(container.image(), where),
              container.waiting() + ": " + container.waitingMessage()));
    }
    if (SETUP.contains(container.waiting())) {
      return Optional.of(
          finding(
              Problem.CONTAINER_SETUP,
              "the container cannot be set up (%s)".formatted(where),
              container.waiting() + ": " + container.waitingMessage()));
    }
    return container
        .last()
        .filter(end -> !container.ready())
        .flatMap(end -> crash(where, container, end));
  }

  private static Optional<Finding> crash(
      String where, PodState.Container container, PodState.Ending end) {
    if (end.exitCode() == 0) {
      return Optional.empty();
    }
    if (NEVER_BEGAN.contains(end.reason())) {
      return Optional.of(
          new Finding(
              Problem.CONTAINER_SETUP,
              "the container cannot be started (%s)".formatted(where),
              List.of(end.reason() + ": " + end.message()),
              "see whether the image %s holds what Ray needs: bash, Python and ray"
                  .formatted(container.image()),
              Optional.empty()));
    }
    Problem problem = end.reason().equals("OOMKilled") ? Problem.OUT_OF_MEMORY : Problem.CRASH;
    List<String> lines =
        end.message().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    List<String> evidence = new ArrayList<>();
    evidence.add(
        "%s, exit code %d, %d restarts"
            .formatted(end.reason(), end.exitCode(), container.restarts()));
    evidence.addAll(lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    return Optional.of(
        new Finding(
            problem,
            "%s (%s)".formatted(problem.meaning(), where),
            List.copyOf(evidence),
            problem.nextStep(),
            Optional.of(end.message()).filter(m -> !m.isEmpty())));
  }

  /**
   * A head that runs and that Kubernetes does not call ready. The model may still answer, because
   * the workers do not need the head for that.
   */
  static Optional<Finding> ofHead(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    return seen.pods().stream()
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
    // The probe of KubeRay (1.6) asks first the raylet and then the dashboard; each says success.
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
        .filter(w -> w.reason().equals("Unhealthy") && w.name().equals(pod.name()))
        .filter(w -> w.message().startsWith("Readiness"))
        .max(Comparator.comparing(w -> w.last().orElse(Instant.MIN)))
        .map(w -> w.message().strip());
  }

  /** Workers wait in an init container until the head answers. */
  private static Optional<Finding> apart(Observation seen, Deadlines deadlines) {
    boolean headReady = seen.pods().stream().anyMatch(p -> p.head() && p.ready());
    List<PodState> waiting =
        seen.pods().stream()
            // One that runs without a replica of the Serve application is never ready.
            .filter(p -> !p.head() && p.phase().equals("Pending") && p.unscheduled().isEmpty())
            .filter(p -> p.metadata().isOverdue(deadlines))
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
