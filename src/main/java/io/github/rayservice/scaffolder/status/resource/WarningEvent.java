package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.Optional;

/**
 * A Kubernetes Event of type {@code Warning}.
 *
 * @param name of the object that it is about, in the Event's namespace
 * @param uid of that object; empty when the Event does not say
 * @param last when it happened last
 */
public record WarningEvent(
    ObjectMetadata metadata,
    String name,
    String uid,
    String reason,
    String message,
    Optional<Instant> last)
    implements WatchedObject {
  /** Whether it is about this object, and not about an earlier one of the same name. */
  public boolean isAbout(ObjectMetadata object) {
    return name.equals(object.name()) && (uid.isEmpty() || uid.equals(object.uid()));
  }
}
