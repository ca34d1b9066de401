package io.github.rayservice.scaffolder.status.diagnosis;

import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the replicas of a Serve deployment ask of the Ray workers and do not get.
 *
 * @param resource Ray's name for it, such as {@code CPU}; the first that is lacking
 * @param needed what each replica asks for
 * @param free what all Ray nodes together have left
 */
record ReplicaShortage(String resource, BigDecimal needed, BigDecimal free) {
  /** The words of Serve's deployment_state.py; the resources are JSON. */
  private static final Pattern WORDS =
      Pattern.compile(
          "Resources required for each replica: \\{([^}]{0,2000})}, total resources available: \\{([^}]{0,2000})}");

  private static final Pattern AMOUNT =
      Pattern.compile("\"([^\"]{1,200})\": ?([0-9]{1,18}(?:[.][0-9]{1,18})?)");

  /** Empty when the text does not tell, or the replicas wait for something else. */
  static Optional<ReplicaShortage> of(String text) {
    Matcher words = WORDS.matcher(text);
    if (!words.find()) {
      return Optional.empty();
    }
    Map<String, BigDecimal> free = amounts(words.group(2));
    return amounts(words.group(1)).entrySet().stream()
        .map(need ->
            new ReplicaShortage(
                need.getKey(), need.getValue(), free.getOrDefault(need.getKey(), BigDecimal.ZERO)))
        .filter(shortage -> shortage.needed().compareTo(shortage.free()) > 0)
        .findFirst();
  }

  private static Map<String, BigDecimal> amounts(String json) {
    Map<String, BigDecimal> amounts = new LinkedHashMap<>();
    AMOUNT
        .matcher(json)
        .results()
        .forEach(
            pair -> amounts.put(pair.group(1), new BigDecimal(pair.group(2)).stripTrailingZeros()));
    return amounts;
  }

  /** The arithmetic, such as "each replica needs 4 CPU, and 1 CPU is free: ...". */
  String arithmetic(List<RayClusterState> clusters) {
    String sum =
        "each replica needs %s %s, and %s %s is free"
            .formatted(needed.toPlainString(), resource, free.toPlainString(), resource);
    return resource.equals("CPU")
        ? workers(clusters)
            .map(cluster ->
                sum
                    + ": Ray counts %d CPU for each worker (resources.worker.cpu, rounded up); workers: %d"
                        .formatted(cluster.workerCpus(), cluster.desiredWorkers()))
            .orElse(sum)
        : sum;
  }

  /** What to change in the form. */
  String nextStep(List<RayClusterState> clusters) {
    if (resource.equals("CPU") && onTheHead(clusters)) {
      return "raise resources.head.cpu in the form to %s or more, or replicas: without workers, the head runs the application"
          .formatted(needed.toPlainString());
    }
    return switch (resource) {
      case "CPU" ->
          workers(clusters).filter(this::fitsOnOne).isPresent()
              ? "wait while packages are installed (runtimeEnv.pip, some minutes); else raise replicas in the form (autoscaling.maxReplicas where it scales), or lower rayActorOptions.numCpus of its Serve deployments"
              : "raise resources.worker.cpu in the form to %s or more, or lower rayActorOptions.numCpus of the Serve deployment"
                  .formatted(needed.toPlainString());
      case "GPU" ->
          "have more GPUs on each worker (a profile with more of them, or resources.worker.gpu where the form names no such profile), raise replicas in the form, or lower rayActorOptions.numGpus of the Serve deployment";
      default -> Problem.REPLICAS_UNSCHEDULED.nextStep();
    };
  }

  private boolean fitsOnOne(RayClusterState cluster) {
    return needed.compareTo(BigDecimal.valueOf(cluster.workerCpus())) <= 0;
  }

  /** Without workers the definition lets the head run the application. */
  private static boolean onTheHead(List<RayClusterState> clusters) {
    return !clusters.isEmpty() && clusters.stream().allMatch(c -> c.desiredWorkers() == 0);
  }

  private static Optional<RayClusterState> workers(List<RayClusterState> clusters) {
    return clusters.stream().filter(c -> c.workerCpus() > 0 && c.desiredWorkers() > 0).findFirst();
  }
}
