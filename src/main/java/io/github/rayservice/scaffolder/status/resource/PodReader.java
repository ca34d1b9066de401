package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads pods: where they got stuck, and what they ask for. */
public final class PodReader {
  /**
   * The condition that the sandbox is there; the second name is that of Kubernetes 1.25 to 1.27.
   */
  private static final Set<String> PREPARED = Set.of("PodReadyToStartContainers", "PodHasNetwork");

  /** What the kubelet says of a container before it does anything for it. */
  private static final Set<String> UNTOUCHED = Set.of("", "ContainerCreating", "PodInitializing");

  private PodReader() {}

  public static PodState read(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    List<StatusCondition> conditions = status.conditions();
    ObjectMetadata metadata = Fields.metadata(object.getMetadata());
    Optional<StatusCondition> scheduled = StatusCondition.find(conditions, "PodScheduled");
    Optional<String> unscheduled =
        scheduled.filter(StatusCondition::isFalse).map(StatusCondition::message);
    List<PodState.Container> initContainers = containers(status, "initContainerStatuses");
    List<PodState.Container> containers = containers(status, "containerStatuses");
    boolean starting =
        unscheduled.isEmpty()
            && !status.text("phase").equals("Failed")
            && !status.text("phase").equals("Succeeded");
    return new PodState(
        metadata,
        Fields.label(object.getMetadata(), "ray.io/cluster"),
        Fields.label(object.getMetadata(), "ray.io/node-type").equals("head"),
        status.text("phase"),
        StatusCondition.find(conditions, "Ready").filter(StatusCondition::isTrue).isPresent(),
        status
            .optionalText("reason")
            .map(reason -> new PodState.NodeVerdict(reason, status.message("message"))),
        unscheduled,
        starting
            ? preparing(
                conditions,
                Stream.concat(initContainers.stream(), containers.stream()),
                scheduled.flatMap(StatusCondition::since).or(metadata::created))
            : Optional.empty(),
        unscheduled.isPresent() ? requests(Fields.of(object).at("spec")) : Map.of(),
        initContainers.stream().filter(PodReader::isUnfinished).toList(),
        containers);
  }

  /** An old kubelet does not say it. Then a container that was touched shows that it is done. */
  private static Optional<Instant> preparing(
      List<StatusCondition> conditions,
      Stream<PodState.Container> containers,
      Optional<Instant> scheduled) {
    Optional<StatusCondition> prepared =
        conditions.stream().filter(c -> PREPARED.contains(c.type())).findFirst();
    boolean isDone =
        prepared
            .map(StatusCondition::isTrue)
            .orElseGet(() ->
                containers.anyMatch(c ->
                    !UNTOUCHED.contains(c.waiting())
                        || c.running().isPresent()
                        || c.last().isPresent()
                        || c.ready()));
    return isDone ? Optional.empty() : prepared.flatMap(StatusCondition::since).or(() -> scheduled);
  }

  /** One that waits has ended before, and is to run again. */
  private static boolean isUnfinished(PodState.Container container) {
    return !container.ready()
        && (!container.waiting().isEmpty()
            || container.last().filter(end -> end.exitCode() == 0).isEmpty());
  }

  private static List<PodState.Container> containers(Fields status, String name) {
    return status.items(name).stream().map(PodReader::container).toList();
  }

  private static PodState.Container container(Fields status) {
    Fields waiting = status.at("state").at("waiting");
    Fields now = status.at("state").at("terminated");
    return new PodState.Container(
        status.text("name"),
        status.text("image"),
        status.flag("ready"),
        (int) status.number("restartCount"),
        status.at("state").at("running").time("startedAt"),
        waiting.word("reason"),
        waiting.message("message"),
        ending(now).or(() -> ending(status.at("lastState").at("terminated"))));
  }

  private static Optional<PodState.Ending> ending(Fields terminated) {
    return terminated.has("exitCode")
        ? Optional.of(
            new PodState.Ending(
                (int) terminated.number("exitCode"),
                terminated.word("reason"),
                terminated.message("message")))
        : Optional.empty();
  }

  /**
   * What the scheduler counts. Init containers run one after the other before the containers, so
   * only the greatest counts, beside those that go on running.
   */
  static Map<String, String> requests(Fields spec) {
    Map<String, Quantity> greatest = new LinkedHashMap<>();
    Map<String, Quantity> sums = new LinkedHashMap<>();
    for (Fields container : spec.items("initContainers")) {
      Map<String, Quantity> asked = asked(container);
      if (container.text("restartPolicy").equals("Always")) {
        asked.forEach((resource, amount) -> sums.merge(resource, amount, Quantity::add));
        sums.forEach((resource, sum) -> greatest.merge(resource, sum, PodReader::greater));
      } else {
        asked.forEach((resource, amount) ->
            greatest.merge(
                resource,
                amount.add(sums.getOrDefault(resource, new Quantity("0"))),
                PodReader::greater));
      }
    }
    for (Fields container : spec.items("containers")) {
      asked(container).forEach((resource, amount) -> sums.merge(resource, amount, Quantity::add));
    }
    sums.forEach((resource, sum) -> greatest.merge(resource, sum, PodReader::greater));
    Map<String, String> requests = new LinkedHashMap<>();
    greatest.forEach((resource, amount) -> requests.put(resource, amount.toString()));
    return Map.copyOf(requests);
  }

  private static Map<String, Quantity> asked(Fields container) {
    Map<String, String> asked = new LinkedHashMap<>(container.at("resources").texts("limits"));
    asked.putAll(container.at("resources").texts("requests"));
    Map<String, Quantity> quantities = new LinkedHashMap<>();
    asked.forEach((resource, amount) -> quantities.put(resource, quantity(amount)));
    return quantities;
  }

  private static Quantity greater(Quantity a, Quantity b) {
    return a.getNumericalAmount().compareTo(b.getNumericalAmount()) < 0 ? b : a;
  }

  static Quantity quantity(String text) {
    try {
      Quantity quantity = Quantity.parse(text);
      // It parses lazily: only this finds out whether it is one.
      quantity.getNumericalAmount();
      return quantity;
    } catch (IllegalArgumentException e) {
      throw new Fields.MalformedException("no quantity: " + text);
    }
  }
}
