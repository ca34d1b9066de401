package io.github.rayservice.scaffolder.status.resource;

import java.util.List;
import java.util.Optional;

/**
 * A kro instance, the Ray Service itself ({@code kro.run/v1alpha1} {@code RayService}).
 *
 * @param targetNamespace {@code spec.namespace}
 * @param host where its endpoints are
 * @param ingressClass {@code spec.ingress.className}
 * @param tracked whether Argo CD applied it
 * @param missingSecrets {@code status.missingSecrets}: names of Secrets that the instance's
 *     namespace does not have, or not with the label that releases them
 * @param suspended whether a person holds it with the annotation {@code kro.run/reconcile}; kro
 *     then makes and changes nothing, and never calls it ready
 * @param state {@code status.state}: {@code IN_PROGRESS}, {@code ACTIVE}, {@code ERROR}, {@code
 *     DELETING}; empty before kro has seen it. Shown; {@code Ready} is what is believed
 */
public record KroInstance(
    ObjectMetadata metadata,
    String targetNamespace,
    String host,
    String ingressClass,
    boolean tracked,
    List<String> missingSecrets,
    boolean suspended,
    String state,
    List<StatusCondition> conditions,
    SpecFingerprint spec)
    implements WatchedObject {
  public Optional<StatusCondition> condition(String type) {
    return StatusCondition.find(conditions, type);
  }

  /** Whether the condition is about the newest spec. */
  private boolean isCurrent(StatusCondition condition) {
    return condition.observedGeneration().orElse(0L) >= metadata.generation();
  }

  /** Whether kro has looked at the newest spec. */
  public boolean isCurrent() {
    return condition("Ready").filter(this::isCurrent).isPresent();
  }

  public boolean isReady() {
    return condition("Ready").filter(c -> c.isTrue() && isCurrent(c)).isPresent();
  }

  public boolean isDeleting() {
    return metadata.isDeleting() || state.equals("DELETING");
  }

  /** What kro calls an error. A state that is not reached yet is no error. */
  public Optional<StatusCondition> failure() {
    if (!isCurrent()) {
      return Optional.empty();
    }
    for (StatusCondition condition : conditions) {
      if (isBroken(condition)) {
        return Optional.of(condition);
      }
    }
    return state.equals("ERROR")
        ? conditions.stream()
            .filter(c -> c.isFalse() && !c.type().equals("Ready"))
            .findFirst()
            .or(() -> condition("Ready"))
        : Optional.empty();
  }

  private boolean isBroken(StatusCondition condition) {
    return condition.isFalse()
        && isCurrent(condition)
        && (condition.type().equals("InstanceManaged") || condition.type().equals("GraphResolved"));
  }
}
