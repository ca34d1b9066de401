package io.github.rayservice.scaffolder.status.resource;

import io.github.rayservice.scaffolder.RayServiceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The identity of an object and of its state, from {@code metadata}.
 *
 * @param uid differs for an object that is created again under its old name
 * @param resourceVersion of one object, later states have greater ones
 * @param generation counts changes of {@code spec}; 0 for kinds that do not count
 * @param owner the Ray Service for which kro made it, by kro's labels
 * @param finalizers what has to be done before it is gone, as {@code metadata.finalizers} names it;
 *     empty unless it is being deleted
 */
public record ObjectMetadata(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    long generation,
    Optional<Instant> created,
    Optional<Instant> deleted,
    Optional<RayServiceId> owner,
    List<String> finalizers) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  public boolean isDeleting() {
    return deleted.isPresent();
  }

  /** Whether its controller should have looked at it by now. */
  public boolean isOverdue(Deadlines deadlines) {
    return created.filter(deadlines::isOverdue).isPresent();
  }

  /**
   * Whether this is certainly an earlier state than the other one. Kubernetes promises since 1.35
   * that versions are numbers that can be compared; another server's versions tell nothing.
   */
  public boolean isOlderThan(ObjectMetadata other) {
    if (!uid.equals(other.uid)) {
      return created.isPresent()
          && other.created.isPresent()
          && created.get().isBefore(other.created.get());
    }
    return NUMBER.matcher(resourceVersion).matches()
        && NUMBER.matcher(other.resourceVersion).matches()
        && Long.parseLong(resourceVersion) < Long.parseLong(other.resourceVersion);
  }
}
