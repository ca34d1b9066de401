package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.RayServiceId;

/** What is to be created is still being deleted; it may be created once that has ended. */
public final class StillDeletingException extends RuntimeException {
  StillDeletingException(RayServiceId id, String remains) {
    super("Ray Service %s is still being deleted; %s".formatted(id, remains));
  }
}
