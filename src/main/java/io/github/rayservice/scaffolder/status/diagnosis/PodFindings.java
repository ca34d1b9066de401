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

  /** How containerd and CRI-O call the end of what never began. */
  private static final Set<String> NEVER_BEGAN = Set.of("StartError", "ContainerCannotRun");

  private static final Map<String, String> RESOURCES =
      Map.of(
          "Insufficient cpu", "Cpu",
          "Insufficient memory", "Memory",
          "Insufficient nvidia.com/gpu", "Gpu");

  private PodFindings() {}

  static List<Finding> of(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    forbidden(seen, context).ifPresent(findings::add);
    // Pods of one group have the same trouble; it is told once, of the first.
    Map<String, Finding> once = new TreeMap<>();
    for (PodState pod : seen.pods()) {
      unscheduled(pod, context.probes().capacity())
          .ifPresent(f -> once.putIfAbsent("1" + f.problem(), f));
      for (PodState.Container container : pod.containers()) {
        stuck(pod, container).ifPresent(f -> once.putIfAbsent("2" + f.problem(), f));
      }
    }
    findings.addAll(once.values());
    if (findings.isEmpty()) {
      ofHead(seen, context, deadlines).or(() -> apart(seen, deadlines)).ifPresent(findings::add);
    }
    return findings;
  }

  /** Pods that Kubernetes does not even let KubeRay make. */
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
    return words.map(w ->
        w.contains("exceeded quota")
            ? finding(
                "QuotaExceeded",
                "the quota of its namespace does not allow its pods",
                w,
                "ask for less, or have the quota raised")
            : finding(
                "PodForbidden",
                "the cluster does not allow its pods",
                w,
                "see which policy the message names"));
  }

  private static Optional<Finding> unscheduled(PodState pod, Optional<String> room) {
    return pod.unscheduled()
        .filter(why -> !why.isEmpty())
        .map(why -> {
          Optional<String> lacks =
              RESOURCES.entrySet().stream()
                  .filter(e -> why.contains(e.getKey()))
                  .map(Map.Entry::getValue)
                  .sorted()
                  .findFirst();
          return new Finding(
              lacks.map(l -> "NotEnough" + l).orElse("Unschedulable"),
              lacks
                  .map(l ->
                      "no node has enough %s for the pod %s"
                          .formatted(inWords(l), pod.metadata().name()))
                  .orElse("no node takes the pod " + pod.metadata().name()),
              Stream.concat(
                      Stream.of(why, "it asks for " + asked(pod)),
                      room.filter(free -> lacks.isPresent()).stream())
                  .toList(),
              lacks.isPresent()
                  ? "ask for less in the form, free something, or add a node"
                  : "see what the nodes demand: taints, selectors, volumes",
              Optional.empty());
        });
  }

  private static String inWords(String resource) {
    return switch (resource) {
      case "Cpu" -> "CPU";
      case "Gpu" -> "GPUs";
      default -> "memory";
    };
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
              "ImagePull",
              "the image %s cannot be pulled (%s)".formatted(container.image(), where),
              container.waiting() + ": " + container.waitingMessage(),
              "see whether the image exists, and whether the cluster may pull it"));
    }
    if (SETUP.contains(container.waiting())) {
      return Optional.of(
          finding(
              "ContainerSetup",
              "the container cannot be set up (%s)".formatted(where),
              container.waiting() + ": " + container.waitingMessage(),
              "see what the message names: a Secret, a volume, a user"));
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
          finding(
              "ContainerSetup",
              "the container cannot be started (%s)".formatted(where),
              end.reason() + ": " + end.message(),
              "see whether the image %s holds what Ray needs: bash, Python and ray"
                  .formatted(container.image())));
    }
    boolean memory = end.reason().equals("OOMKilled");
    List<String> lines =
        end.message().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    List<String> evidence = new ArrayList<>();
    evidence.add(
        "%s, exit code %d, %d restarts"
            .formatted(end.reason(), end.exitCode(), container.restarts()));
    evidence.addAll(lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    return Optional.of(
        new Finding(
            memory ? "OutOfMemory" : "Crash",
            memory
                ? "the container had less memory than it needed (%s)".formatted(where)
                : "the container ends again and again (%s)".formatted(where),
            List.copyOf(evidence),
            memory
                ? "raise resources.head.memory or resources.worker.memory in the form"
                : "read its log: kubectl logs --previous",
            Optional.of(end.message()).filter(m -> !m.isEmpty())));
  }

  /**
   * A head that runs, and that Kubernetes does not call ready. The model may answer all the same:
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
    // KubeRay (1.6) has the raylet asked first and the dashboard next, and each says success.
    boolean dashboard = probe.filter(words -> words.contains("success")).isPresent();
    List<String> evidence = new ArrayList<>();
    evidence.add("the pod %s runs since %s and is not ready".formatted(pod.name(), since));
    probe.ifPresent(evidence::add);
    String log = "kubectl logs --namespace %s %s".formatted(pod.namespace(), pod.name());
    return new Finding(
        "HeadNotReady",
        dashboard
            ? "the Ray head runs, but its dashboard, which takes the Serve application, does not answer"
            : "the Ray head runs and does not answer",
        List.copyOf(evidence),
        dashboard
            ? "read its log (%s): Ray goes on without a dashboard that took longer than 30 seconds to start; raise resources.head.cpu in the form, which brings a new Ray cluster. Deleting the pod ends a model that answers"
                .formatted(log)
            : "read its log (%s): with little CPU it may take minutes, which more resources.head.cpu in the form makes shorter"
                .formatted(log),
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
                "WorkersNotJoining",
                waiting.size() == 1
                    ? "a Ray worker runs and does not join the head"
                    : "%d Ray workers run and do not join the head".formatted(waiting.size()),
                "pod %s is %s, the head is ready"
                    .formatted(waiting.getFirst().metadata().name(), waiting.getFirst().phase()),
                "see whether a network policy keeps the workers from the head's ports 6379, 8265 and 10001, and whether DNS works in the namespace"))
        : Optional.empty();
  }
}
