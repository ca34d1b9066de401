package io.github.rayservice.scaffolder.status.platform;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How much of the cluster is free, by what pods ask for, as its scheduler counts. */
final class Capacity {
  private static final String CPU = "cpu";
  private static final String MEMORY = "memory";
  private static final String DISK = "ephemeral-storage";
  private static final String GPU = "nvidia.com/gpu";
  private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

  /** By node that takes pods, what is free of each resource. */
  private final Map<String, Map<String, BigDecimal>> free = new LinkedHashMap<>();

  Capacity(List<Node> nodes) {
    for (Node node : nodes) {
      boolean closed =
          node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
      if (!closed && node.getStatus() != null && node.getStatus().getAllocatable() != null) {
        free.put(node.getMetadata().getName(), amounts(node.getStatus().getAllocatable()));
      }
    }
  }

  /** Takes off what these pods ask for. */
  void take(List<Pod> pods) {
    for (Pod pod : pods) {
      Map<String, BigDecimal> room =
          Optional.ofNullable(pod.getSpec().getNodeName()).map(free::get).orElse(null);
      boolean ended =
          pod.getStatus() != null
              && List.of("Succeeded", "Failed")
                  .contains(String.valueOf(pod.getStatus().getPhase()));
      if (room != null && !ended) {
        asked(pod).forEach((name, amount) -> room.merge(name, amount.negate(), BigDecimal::add));
      }
    }
  }

  Dependency dependency() {
    return free.isEmpty()
        ? Dependency.problem("Capacity", describe(), "add a node that takes pods")
        : Dependency.ok("Capacity", describe());
  }

  /**
   * What the scheduler counts for a pod: its containers and sidecars together, or more where an
   * init container asks for more while it runs, and what its RuntimeClass adds.
   */
  private static Map<String, BigDecimal> asked(Pod pod) {
    Map<String, BigDecimal> sidecars = new HashMap<>();
    Map<String, BigDecimal> most = new HashMap<>();
    for (Container container : pod.getSpec().getInitContainers()) {
      Map<String, BigDecimal> requests = requests(container);
      if ("Always".equals(container.getRestartPolicy())) {
        add(sidecars, requests);
        raise(most, sidecars);
      } else {
        Map<String, BigDecimal> beside = new HashMap<>(sidecars);
        add(beside, requests);
        raise(most, beside);
      }
    }
    Map<String, BigDecimal> running = new HashMap<>(sidecars);
    pod.getSpec().getContainers().forEach(container -> add(running, requests(container)));
    raise(most, running);
    if (pod.getSpec().getOverhead() != null) {
      add(most, amounts(pod.getSpec().getOverhead()));
    }
    return most;
  }

  private static Map<String, BigDecimal> requests(Container container) {
    return container.getResources() == null || container.getResources().getRequests() == null
        ? Map.of()
        : amounts(container.getResources().getRequests());
  }

  private static void add(Map<String, BigDecimal> sum, Map<String, BigDecimal> more) {
    more.forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
  }

  private static void raise(Map<String, BigDecimal> most, Map<String, BigDecimal> other) {
    other.forEach((name, amount) -> most.merge(name, amount, BigDecimal::max));
  }

  private static Map<String, BigDecimal> amounts(Map<String, Quantity> quantities) {
    Map<String, BigDecimal> amounts = new HashMap<>();
    quantities.forEach((name, quantity) -> {
      if (List.of(CPU, MEMORY, DISK).contains(name) || isDevice(name)) {
        amounts.put(name, quantity.getNumericalAmount());
      }
    });
    return amounts;
  }

  /** Only resources of device plugins have a domain in their names. */
  private static boolean isDevice(String name) {
    return name.contains("/");
  }

  /** The emptiest nodes first. */
  private String describe() {
    if (free.isEmpty()) {
      return "no node takes pods";
    }
    List<String> parts = new ArrayList<>();
    free.entrySet().stream()
        .sorted((a, b) -> amount(b, CPU).compareTo(amount(a, CPU)))
        .limit(5)
        .forEach(e ->
            parts.add(
                "%s: %s CPU, %s GiB memory, %s%s GPUs%s"
                    .formatted(
                        e.getKey(),
                        round(amount(e, CPU)),
                        gibibytes(amount(e, MEMORY)),
                        e.getValue().containsKey(DISK)
                            ? gibibytes(amount(e, DISK)) + " GiB disk, "
                            : "",
                        round(amount(e, GPU)),
                        otherDevices(e.getValue()))));
    return "free on the %d emptiest of %d nodes: %s"
        .formatted(parts.size(), free.size(), String.join("; ", parts));
  }

  private static String otherDevices(Map<String, BigDecimal> free) {
    return free.entrySet().stream()
        .filter(e -> isDevice(e.getKey()) && !e.getKey().equals(GPU))
        .sorted(Map.Entry.comparingByKey())
        .map(e -> ", " + round(e.getValue()) + " " + e.getKey())
        .collect(Collectors.joining());
  }

  private static BigDecimal amount(Map.Entry<String, Map<String, BigDecimal>> node, String name) {
    return node.getValue().getOrDefault(name, BigDecimal.ZERO);
  }

  private static String gibibytes(BigDecimal bytes) {
    return round(bytes.divide(GIB, 3, RoundingMode.DOWN));
  }

  private static String round(BigDecimal amount) {
    return amount.setScale(1, RoundingMode.DOWN).stripTrailingZeros().toPlainString();
  }
}
