package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/** What a follower of the board is told. */
public sealed interface StatusEvent {
  /**
   * What follows, up to {@link Complete}, is everything that stands: the follower has missed
   * something, or is new. He should forget what he knows.
   */
  record Reset() implements StatusEvent {}

  /** Everything that stood has been told. */
  record Complete(String position) implements StatusEvent {}

  /**
   * So a Ray Service stands now.
   *
   * @param position where to go on after this event, in this process only; empty between {@link
   *     Reset} and {@link Complete}
   */
  record Updated(Optional<String> position, RayServiceStatus status) implements StatusEvent {}

  /** There is nothing of it any more, neither in Git nor in the cluster. */
  record Deleted(String position, RayServiceId id) implements StatusEvent {}
}
