package io.github.rayservice.scaffolder.status.diagnosis;

import io.github.rayservice.scaffolder.status.resource.PodState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Why a pod has no node. */
final class SchedulerFindings {
  private SchedulerFindings() {}

  /**
   * Finds it.
   *
   * @param capacity how much of the cluster is free, for people
   */
  static Optional<Finding> of(PodState pod, Optional<String> capacity) {
    return pod.unscheduled()
        .filter(why -> !why.isEmpty())
        .map(why -> finding(pod, why, SchedulerMessage.of(why), capacity));
  }

  private static Finding finding(
      PodState pod, String why, SchedulerMessage message, Optional<String> capacity) {
    Problem problem = message.problem();
    List<String> nextSteps = message.nextSteps();
    return new Finding(
        problem,
        message(pod.metadata().name(), message),
        Stream.concat(
                Stream.of(why, "it asks for " + asked(pod)),
                capacity.filter(free -> problem.isLackOfCapacity()).stream())
            .toList(),
        nextSteps.size() == 1
            ? nextSteps.getFirst()
            : "one of these is enough: " + String.join("; or ", nextSteps),
        Optional.empty());
  }

  private static String message(String pod, SchedulerMessage message) {
    if (message.isMixed()) {
      return "no node takes the pod %s: %s".formatted(pod, message.describe());
    }
    Problem problem = message.problem();
    if (problem == Problem.UNSCHEDULABLE) {
      return "no node takes the pod " + pod;
    }
    return problem.isLackOfCapacity()
        ? "%s for the pod %s".formatted(problem.meaning(), pod)
        : "no node takes the pod %s: %s".formatted(pod, problem.meaning());
  }

  private static String asked(PodState pod) {
    List<String> parts = new ArrayList<>();
    new TreeMap<>(pod.requests()).forEach((name, amount) -> parts.add(amount + " " + name));
    return parts.isEmpty() ? "nothing" : String.join(", ", parts);
  }
}
