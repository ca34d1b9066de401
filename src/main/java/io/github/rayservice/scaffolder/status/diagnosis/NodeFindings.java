package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.WarningEvent;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a node has against a whole pod, before or beside its containers. The words are those of the
 * kubelet, the attach/detach controller and the node lifecycle controller of Kubernetes 1.37.
 */
final class NodeFindings {
  /** It ran and was put out, for lack of something or for a pod of the cluster itself. */
  private static final Set<String> EVICTED = Set.of("Evicted", "Preempting");

  /** The node went: the kubelet's words before and after 1.22, and those of a node unheard of. */
  private static final Set<String> NODE_GONE =
      Set.of("Terminated", "NodeShutdown", "Shutdown", "NodeLost");

  private static final Set<String> NOT_MOUNTED =
      Set.of("FailedMount", "FailedAttachVolume", "FailedMapVolume");

  /** What else has to be there before the first container. */
  private static final Set<String> NO_SANDBOX =
      Set.of(
          "FailedCreatePodSandBox",
          "FailedPodSandBoxStatus",
          "FailedCreatePodContainer",
          "FailedPrepareDynamicResources",
          "NetworkNotReady");

  private NodeFindings() {}

  /** A pod that its node refused, evicted or lost. */
  static Finding ended(PodState pod, PodState.NodeVerdict verdict) {
    Problem problem = problem(verdict.reason());
    String message = verdict.message().strip();
    return new Finding(
        problem,
        "%s: %s (%s)".formatted(problem.meaning(), pod.metadata().name(), verdict.reason()),
        List.of(
            message.isEmpty() ? verdict.reason() : "%s: %s".formatted(verdict.reason(), message)),
        nextStep(problem, verdict),
        Optional.empty());
  }

  /** A reason that is not in the lists is a refusal: the kubelet has dozens of those. */
  private static Problem problem(String reason) {
    if (EVICTED.contains(reason)) {
      return Problem.EVICTED;
    }
    return NODE_GONE.contains(reason) ? Problem.NODE_SHUTDOWN : Problem.NODE_REFUSED;
  }

  private static String nextStep(Problem problem, PodState.NodeVerdict verdict) {
    if (problem == Problem.EVICTED
        && verdict.message().contains("exceed")
        // An older kubelet adds, of a node that is low, which containers exceeded their requests.
        && !verdict.message().startsWith("The node was low on")) {
      return "let the code write fewer files in the pod, or let the platform raise the limit that the message names";
    }
    if (problem == Problem.NODE_REFUSED && verdict.reason().startsWith("OutOf")) {
      return "ask for less in the form, free something on the node, or add a node: it was full when the pod came";
    }
    if (verdict.reason().equals("UnexpectedAdmissionError")) {
      return "see whether the node's device plugin is well, such as that for GPUs, and read the kubelet's log";
    }
    return problem.nextStep();
  }

  /**
   * Whether its Ray cluster has all pods that it needs without it. A pod that has ended stays until
   * it is deleted, and it is no fault any more once another does its work.
   */
  static boolean isReplaced(PodState pod, Observation seen) {
    long others =
        seen.pods().stream()
            .filter(o -> o.cluster().equals(pod.cluster()) && o.head() == pod.head())
            .filter(o -> !o.hasEnded() && !o.metadata().isDeleting())
            .count();
    int needed =
        pod.head()
            ? 1
            : seen.clusters().stream()
                .filter(c -> c.metadata().name().equals(pod.cluster()))
                .mapToInt(RayClusterState::desiredWorkers)
                .findFirst()
                .orElse(1);
    return others >= needed;
  }

  /**
   * A pod whose sandbox or volumes cannot be made. Only Events tell. They are there for an hour, so
   * they count for the pod of their uid and while it waits for just that.
   */
  static Optional<Finding> unprepared(PodState pod, DiagnosisContext context, Deadlines deadlines) {
    return context.warnings().stream()
        .filter(w -> isOfPreparation(w) && w.isAbout(pod.metadata()))
        .max(Comparator.comparing(w -> w.last().orElse(Instant.MIN)))
        // The first attempts often fail: a node that joins has no network for a moment.
        .filter(w -> pod.preparing().filter(deadlines::isOverdue).isPresent())
        .map(w -> unprepared(pod, w));
  }

  private static boolean isOfPreparation(WarningEvent event) {
    return NOT_MOUNTED.contains(event.reason())
        || NO_SANDBOX.contains(event.reason())
        || (event.reason().equals("Failed") && event.message().contains("pod data directories"));
  }

  private static Finding unprepared(PodState pod, WarningEvent event) {
    Problem problem =
        NOT_MOUNTED.contains(event.reason()) ? Problem.VOLUME_NOT_MOUNTED : Problem.SANDBOX_FAILED;
    return finding(
        problem,
        "%s: %s".formatted(problem.meaning(), pod.metadata().name()),
        "%s: %s".formatted(event.reason(), event.message().strip()),
        Map.of("namespace", pod.metadata().namespace()));
  }
}
