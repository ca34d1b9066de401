package io.github.rayservice.scaffolder.status.diagnosis;

import io.github.rayservice.scaffolder.status.resource.Access;
import io.github.rayservice.scaffolder.status.resource.GraphState;
import io.github.rayservice.scaffolder.status.resource.IngressClassState;
import io.github.rayservice.scaffolder.status.resource.IngressState;
import io.github.rayservice.scaffolder.status.resource.Reading;
import io.github.rayservice.scaffolder.status.resource.Stamp;
import io.github.rayservice.scaffolder.status.resource.WarningEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a Ray Service depends on, beside its own objects.
 *
 * @param warnings in its target namespace
 * @param ingresses in its target namespace
 * @param instances whether kinds of kro can be read
 * @param rayServices whether kinds of KubeRay can be read
 * @param graph the definition of our kind
 * @param ingressClass the class that it asks for
 * @param patience how long an operator may take to look at an object
 */
public record Surroundings(
    List<WarningEvent> warnings,
    List<IngressState> ingresses,
    Access instances,
    Access rayServices,
    Reading<GraphState> graph,
    Reading<IngressClassState> ingressClass,
    Asked asked,
    Instant now,
    Duration patience) {

  /** Whether who looks after the object would have done so by now. */
  boolean isOverdue(Stamp stamp) {
    return stamp.created().filter(this::isLongAgo).isPresent();
  }

  /** Whether what began then would be done by now. */
  boolean isLongAgo(Instant begun) {
    return now.isAfter(due(begun));
  }

  /** When that is said. */
  Instant due(Instant begun) {
    return begun.plus(patience);
  }
}
