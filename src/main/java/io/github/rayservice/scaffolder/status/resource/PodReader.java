package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads pods: where they got stuck, and what they ask for. */
public final class PodReader {
  private PodReader() {}

  public static PodState read(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    List<StatusCondition> conditions = status.conditions();
    ObjectMetadata metadata = Fields.metadata(object.getMetadata());
    Optional<String> unscheduled =
        conditions.stream()
            .filter(c -> c.type().equals("PodScheduled") && c.isFalse())
            .map(StatusCondition::message)
            .findFirst();
    return new PodState(
        metadata,
        Fields.label(object.getMetadata(), "ray.io/node-type").equals("head"),
        status.text("phase"),
        conditions.stream().anyMatch(c -> c.type().equals("Ready") && c.isTrue()),
        unscheduled,
        unscheduled.isPresent() ? requests(Fields.of(object).at("spec")) : Map.of(),
        status.items("containerStatuses").stream().map(PodReader::container).toList());
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
        waiting.text("reason"),
        waiting.text("message"),
        ending(now).or(() -> ending(status.at("lastState").at("terminated"))));
  }

  private static Optional<PodState.Ending> ending(Fields terminated) {
    return terminated.has("exitCode")
        ? Optional.of(
            new PodState.Ending(
                (int) terminated.number("exitCode"),
                terminated.text("reason"),
                terminated.text("message")))
        : Optional.empty();
  }

  /** What the scheduler counts, without init containers, which Ray pods of ours have none of. */
  static Map<String, String> requests(Fields spec) {
    Map<String, Quantity> sums = new LinkedHashMap<>();
    for (Fields container : spec.items("containers")) {
      Map<String, String> asked = new LinkedHashMap<>(container.at("resources").texts("limits"));
      asked.putAll(container.at("resources").texts("requests"));
      asked.forEach((resource, amount) -> sums.merge(resource, quantity(amount), Quantity::add));
    }
    Map<String, String> requests = new LinkedHashMap<>();
    sums.forEach((resource, sum) -> requests.put(resource, sum.toString()));
    return Map.copyOf(requests);
  }

  private static Quantity quantity(String text) {
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
