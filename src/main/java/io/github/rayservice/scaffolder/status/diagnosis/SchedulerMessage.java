package io.github.rayservice.scaffolder.status.diagnosis;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Why the scheduler finds no node, from the message of the condition {@code PodScheduled}. It lists
 * the reasons by their text. Here, the one that concerns most nodes comes first.
 *
 * @param nodes all nodes of the cluster; 0 when the message does not tell
 * @param reasons at least one
 */
record SchedulerMessage(int nodes, List<Reason> reasons) {
  /**
   * What some nodes have against the pod. A node can have several reasons.
   *
   * @param nodes how many say so; 0 when the message is not about single nodes
   */
  record Reason(int nodes, String words, Problem problem) {
    /** Nodes that run the cluster itself are not meant for pods like ours. */
    private boolean isOfControlPlane() {
      return words.contains("node-role.kubernetes.io/control-plane")
          || words.contains("node-role.kubernetes.io/master");
    }
  }

  /** The FitError of kube-scheduler. What follows the first sentence is about preemption. */
  private static final Pattern WORDS =
      Pattern.compile("0/([0-9]{1,9}) nodes are available: (.*?)[.]?(?:[.] .*)?", Pattern.DOTALL);

  /** A taint's words may have a comma of their own. */
  private static final Pattern BETWEEN = Pattern.compile(", (?=[0-9]{1,9} )");

  private static final Pattern COUNTED = Pattern.compile("([0-9]{1,9}) (.+)", Pattern.DOTALL);

  /** Only resources of device plugins have a domain in their names. */
  private static final Pattern DEVICE = Pattern.compile("insufficient [a-z0-9.-]+/[a-z0-9._-]+");

  private static final String ANY_DEVICE = "insufficient device";

  /**
   * Words of the scheduler's plugins, in lower case. The first that fits counts. Of two reasons
   * that concern as many nodes, the one that is first here comes first.
   */
  private static final List<Map.Entry<String, Problem>> PROBLEMS =
      List.of(
          Map.entry("insufficient cpu", Problem.NOT_ENOUGH_CPU),
          Map.entry(ANY_DEVICE, Problem.NOT_ENOUGH_GPU),
          Map.entry("insufficient memory", Problem.NOT_ENOUGH_MEMORY),
          Map.entry("insufficient ephemeral-storage", Problem.NOT_ENOUGH_DISK),
          Map.entry("insufficient ", Problem.NODES_FULL),
          Map.entry("too many pods", Problem.NODES_FULL),
          Map.entry("volume", Problem.VOLUME_NOT_BOUND),
          Map.entry("pvc", Problem.VOLUME_NOT_BOUND),
          Map.entry("no available disk", Problem.VOLUME_NOT_BOUND),
          Map.entry("enough free storage", Problem.VOLUME_NOT_BOUND),
          Map.entry("scheduling gates", Problem.SCHEDULING_GATED),
          Map.entry("taint", Problem.UNTOLERATED_TAINT),
          Map.entry("were unschedulable", Problem.NODES_CORDONED));

  static SchedulerMessage of(String message) {
    Matcher words = WORDS.matcher(message);
    if (!words.matches()) {
      return new SchedulerMessage(0, List.of(new Reason(0, message, problem(message))));
    }
    return new SchedulerMessage(
        Integer.parseInt(words.group(1)),
        BETWEEN
            .splitAsStream(words.group(2))
            .map(SchedulerMessage::reason)
            .sorted(
                Comparator.comparing(Reason::isOfControlPlane)
                    .thenComparing(Comparator.comparingInt(Reason::nodes).reversed())
                    .thenComparingInt(reason -> rank(reason.problem())))
            .toList());
  }

  private static Reason reason(String text) {
    Matcher counted = COUNTED.matcher(text);
    return counted.matches()
        ? new Reason(
            Integer.parseInt(counted.group(1)), counted.group(2), problem(counted.group(2)))
        : new Reason(0, text, problem(text));
  }

  private static Problem problem(String words) {
    String lower = DEVICE.matcher(words.toLowerCase(Locale.ROOT)).replaceAll(ANY_DEVICE);
    return PROBLEMS.stream()
        .filter(e -> lower.contains(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Problem.UNSCHEDULABLE);
  }

  private static int rank(Problem problem) {
    int rank = PROBLEMS.stream().map(Map.Entry::getValue).toList().indexOf(problem);
    return rank < 0 ? PROBLEMS.size() : rank;
  }

  Problem problem() {
    return reasons.getFirst().problem();
  }

  /** Whether the reasons differ, so that no single one keeps the pod from every node. */
  boolean isMixed() {
    return reasons.size() > 1;
  }

  /** All reasons for people, such as {@code Insufficient memory on 3 of 4 nodes, …}. */
  String describe() {
    return String.join(
        ", ",
        Stream.concat(
                reasons.stream()
                    .limit(1)
                    .map(r -> r.words() + " on " + r.nodes() + " of " + nodes + " nodes"),
                reasons.stream().skip(1).map(r -> r.words() + " on " + r.nodes()))
            .toList());
  }

  /** What can be done about any of them. No pod of ours needs to go to the control plane. */
  List<String> nextSteps() {
    return reasons.stream()
        .filter(reason -> !isMixed() || !reason.isOfControlPlane())
        .map(reason -> reason.problem().nextStep())
        .distinct()
        .toList();
  }
}
