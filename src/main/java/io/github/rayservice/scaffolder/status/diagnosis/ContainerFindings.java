package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.PodState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Why a container of a pod does not run. The words are those of the kubelet 1.37. */
final class ContainerFindings {
  private static final Set<String> PULL =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable",
          "SignatureValidationFailed");
  private static final Set<String> SETUP =
      Set.of(
          "CreateContainerConfigError",
          "PreCreateHookError",
          "CreateContainerError",
          "PreStartHookError",
          "PostStartHookError",
          "RunContainerError");

  /** Reasons of containerd and CRI-O for a container that never started. */
  private static final Set<String> NEVER_BEGAN = Set.of("StartError", "ContainerCannotRun");

  /** A Secret or ConfigMap that is not there, or has no such key. */
  private static final Pattern MISSING =
      Pattern.compile(
          "(?i)(secret|configmap) .*not found|couldn't find key .* in (secret|configmap)");

  /**
   * After so long a run an earlier end says nothing of now. The kubelet forgets its back-off then,
   * too.
   */
  private static final Duration RECOVERED = Duration.ofMinutes(10);

  private static final String INIT = "init container";

  private ContainerFindings() {}

  /** Those of the init containers first: the others wait for them. */
  static List<Finding> of(PodState pod, Deadlines deadlines) {
    return Stream.concat(
            pod.initContainers().stream().map(c -> new Place(pod, INIT, c)),
            pod.containers().stream().map(c -> new Place(pod, "container", c)))
        .flatMap(place -> stuck(place, deadlines).stream())
        .toList();
  }

  private record Place(PodState pod, String kind, PodState.Container container) {
    String describe() {
      return "pod %s, %s %s".formatted(pod.metadata().name(), kind, container.name());
    }

    boolean isInit() {
      return kind.equals(INIT);
    }

    /** Values for the next step of a problem. */
    Map<String, String> values() {
      return Map.of(
          "container",
          container.name(),
          "log",
          "kubectl logs --previous --namespace %s %s --container %s"
              .formatted(pod.metadata().namespace(), pod.metadata().name(), container.name()));
    }
  }

  private static Optional<Finding> stuck(Place place, Deadlines deadlines) {
    PodState.Container container = place.container();
    String words = container.waiting() + ": " + container.waitingMessage();
    if (container.waiting().equals("InvalidImageName")) {
      return Optional.of(
          finding(
              Problem.INVALID_IMAGE_NAME,
              "no node can read the image name %s (%s)"
                  .formatted(container.image(), place.describe()),
              words));
    }
    if (PULL.contains(container.waiting())) {
      return Optional.of(
          new Finding(
              Problem.IMAGE_PULL,
              "the image %s cannot be pulled (%s)".formatted(container.image(), place.describe()),
              List.of(words),
              pullStep(container),
              Optional.empty()));
    }
    if (SETUP.contains(container.waiting())) {
      return Optional.of(
          new Finding(
              Problem.CONTAINER_SETUP,
              "the container cannot be set up (%s)".formatted(place.describe()),
              List.of(words),
              setupStep(place),
              Optional.empty()));
    }
    return container
        .last()
        .filter(end -> !container.ready())
        .filter(end -> end.exitCode() != 0 || container.waiting().equals("CrashLoopBackOff"))
        .filter(end ->
            container.running().filter(since -> deadlines.isOver(since.plus(RECOVERED))).isEmpty())
        .map(end -> crash(place, end));
  }

  private static String pullStep(PodState.Container container) {
    return container.waiting().equals("ErrImageNeverPull")
        ? "load the image onto the nodes, or let the platform find out which policy of the cluster sets imagePullPolicy to Never"
        : Problem.IMAGE_PULL.nextStep();
  }

  private static String setupStep(Place place) {
    return MISSING.matcher(place.container().waitingMessage()).find()
        ? "create in the namespace %s what the message says is missing, or let the platform find out what makes the pod refer to it"
            .formatted(place.pod().metadata().namespace())
        : Problem.CONTAINER_SETUP.nextStep();
  }

  private static Finding crash(Place place, PodState.Ending end) {
    PodState.Container container = place.container();
    if (NEVER_BEGAN.contains(end.reason())) {
      return new Finding(
          Problem.CONTAINER_SETUP,
          "the container cannot be started (%s)".formatted(place.describe()),
          List.of(end.reason() + ": " + end.message()),
          "see whether the image %s holds what Ray needs: bash, Python and ray"
              .formatted(container.image()),
          Optional.empty());
    }
    Problem problem = problem(place, end);
    List<String> lines =
        end.message().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    List<String> evidence = new ArrayList<>();
    evidence.add(
        "%s, exit code %d, %d restarts"
            .formatted(end.reason(), end.exitCode(), container.restarts()));
    evidence.addAll(lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    return new Finding(
        problem,
        "%s (%s)".formatted(problem.meaning(), place.describe()),
        List.copyOf(evidence),
        problem.nextStep(place.values()),
        Optional.of(end.message()).filter(m -> !m.isEmpty()));
  }

  private static Problem problem(Place place, PodState.Ending end) {
    if (!end.reason().equals("OOMKilled")) {
      return Problem.CRASH;
    }
    return place.isInit() ? Problem.INIT_OUT_OF_MEMORY : Problem.OUT_OF_MEMORY;
  }
}
