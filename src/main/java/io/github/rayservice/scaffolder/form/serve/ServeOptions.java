package io.github.rayservice.scaffolder.form.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules about the options of one Serve deployment in Ray's own words, which its schema lacks: what
 * {@code DeploymentSchema} of Ray checks in code.
 */
public final class ServeOptions {
  public static final String QUEUE_RULE = "must be -1, for any number, or at least 1";

  private static final int MAX_REPLICAS_PER_NODE = 100;
  private static final String BUNDLES = "placement_group_bundles";
  private static final String GANG = "gang_scheduling_config";

  private final String path;
  private final JsonNode options;
  private final String source;
  private final List<Violation> found = new ArrayList<>();

  private ServeOptions(String path, JsonNode options, String source) {
    this.path = path;
    this.options = options;
    this.source = source;
  }

  /**
   * The rules that the options break.
   *
   * @param path of the options from the document's root
   * @param source the system that the rules come from
   */
  public static List<Violation> check(String path, JsonNode options, String source) {
    ServeOptions rules = new ServeOptions(path, options, source);
    rules.checkReplicas();
    rules.checkBounds();
    rules.checkQueue();
    rules.checkPlacement();
    rules.checkGang();
    return rules.found;
  }

  /** Whether Serve scales the deployment. */
  static boolean isAutoscaled(JsonNode options) {
    return options.has("autoscaling_config")
        || options.path("num_replicas").asText().equals("auto");
  }

  private void checkReplicas() {
    JsonNode replicas = options.path("num_replicas");
    boolean auto = replicas.asText().equals("auto");
    if (replicas.isTextual() && !auto) {
      add("num_replicas", replicas.asText(), "must be a whole number, or auto");
    } else if (!replicas.isMissingNode() && !auto && options.has("autoscaling_config")) {
      add("num_replicas", replicas.asText(), "must be absent, or auto, beside autoscaling_config");
    }
  }

  private void checkBounds() {
    JsonNode scaling = options.path("autoscaling_config");
    JsonNode min = scaling.path("min_replicas");
    JsonNode max = scaling.path("max_replicas");
    JsonNode initial = scaling.path("initial_replicas");
    if (isGreater(min, max)) {
      add("autoscaling_config.min_replicas", min, "must be at most max_replicas (" + max + ")");
    } else if (isGreater(min, initial)) {
      add(
          "autoscaling_config.initial_replicas",
          initial,
          "must be at least min_replicas (" + min + ")");
    } else if (isGreater(initial, max)) {
      add(
          "autoscaling_config.initial_replicas",
          initial,
          "must be at most max_replicas (" + max + ")");
    }
  }

  private static boolean isGreater(JsonNode one, JsonNode other) {
    return one.isIntegralNumber()
        && other.isIntegralNumber()
        && one.bigIntegerValue().compareTo(other.bigIntegerValue()) > 0;
  }

  /** Also of a number that no {@code long} holds. */
  private static boolean isAtLeastOne(JsonNode number) {
    return number.doubleValue() >= 1;
  }

  private void checkQueue() {
    JsonNode queue = options.path("max_queued_requests");
    if (queue.isNumber() && !isAtLeastOne(queue) && queue.doubleValue() != -1) {
      add("max_queued_requests", queue, QUEUE_RULE);
    }
  }

  private void checkPlacement() {
    JsonNode perNode = options.path("max_replicas_per_node");
    if (perNode.isNumber()
        && (!isAtLeastOne(perNode) || perNode.doubleValue() > MAX_REPLICAS_PER_NODE)) {
      add("max_replicas_per_node", perNode, "must be 1 to " + MAX_REPLICAS_PER_NODE);
    }
    requireAbsentBeside(BUNDLES, "max_replicas_per_node");
    JsonNode bundles = options.path(BUNDLES);
    JsonNode selectors = options.path("placement_group_bundle_label_selector");
    if (selectors.isMissingNode()) {
      return;
    }
    if (bundles.isMissingNode()) {
      addWithoutValue("placement_group_bundle_label_selector", "must be absent without " + BUNDLES);
    } else if (selectors.size() != 1 && selectors.size() != bundles.size()) {
      addWithoutValue(
          "placement_group_bundle_label_selector",
          "must have one item, or as many as %s (%d)".formatted(BUNDLES, bundles.size()));
    }
  }

  private void checkGang() {
    JsonNode gang = options.path(GANG);
    if (gang.isMissingNode()) {
      return;
    }
    requireAbsentBeside(GANG, "max_replicas_per_node");
    requireAbsentBeside(GANG, "placement_group_strategy");
    if (gang.path("runtime_failure_policy").asText().equals("RESTART_REPLICA")) {
      add(GANG + ".runtime_failure_policy", "RESTART_REPLICA", "must be RESTART_GANG");
    }
    JsonNode size = gang.path("gang_size");
    if (!size.isIntegralNumber() || !isAtLeastOne(size)) {
      // Its own violation is that of Ray's schema.
      return;
    }
    requireMultiple("num_replicas", options.path("num_replicas"), size);
    if (options.path("num_replicas").asText().equals("auto")) {
      for (String field : List.of("min_replicas", "max_replicas", "initial_replicas")) {
        JsonNode value = options.path("autoscaling_config").path(field);
        requireMultiple("autoscaling_config." + field, value, size);
      }
    }
  }

  private void requireMultiple(String option, JsonNode value, JsonNode size) {
    if (value.isIntegralNumber()
        && value.bigIntegerValue().mod(size.bigIntegerValue()).signum() != 0) {
      add(option, value, "must be a multiple of %s.gang_size (%s)".formatted(GANG, size));
    }
  }

  private void requireAbsentBeside(String other, String option) {
    if (options.has(other) && options.has(option)) {
      addWithoutValue(option, "must be absent beside " + other);
    }
  }

  private void add(String option, Object value, String rule) {
    found.add(Violation.of(path + "." + option, value, rule, source));
  }

  private void addWithoutValue(String option, String rule) {
    found.add(Violation.withoutValue(path + "." + option, rule, source));
  }
}
