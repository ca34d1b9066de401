package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/** What a subscriber of the store receives. */
public sealed interface StatusEvent {
  /**
   * Every status follows, up to {@link Complete}. The subscriber is new or has missed something,
   * and should discard what it has.
   */
  record Reset() implements StatusEvent {}

  /** Every status has been sent. */
  record Complete(String position) implements StatusEvent {}

  /**
   * A Ray Service has this status now.
   *
   * @param position where to go on after this event, in this process only; empty between {@link
   *     Reset} and {@link Complete}
   */
  record Updated(Optional<String> position, RayServiceStatus status) implements StatusEvent {}

  /** Neither Git nor the cluster has anything of it any more. */
  record Deleted(String position, RayServiceId id) implements StatusEvent {}
}
