package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.status.resource.SourceState;
import java.time.Instant;
import java.util.Collection;

/**
 * Holds back every status until each kind was listed once, or is known to be unavailable, or {@link
 * StatusConfig#patience} is over. Before that, every Ray Service would seem to lack what is listed
 * later.
 */
final class InitialSync {
  private final Instant latest;
  private volatile boolean over;

  /**
   * Begins it.
   *
   * @param over whether there is nothing to wait for
   * @param latest when it ends at the latest
   */
  InitialSync(boolean over, Instant latest) {
    this.over = over;
    this.latest = latest;
  }

  boolean isOver() {
    return over;
  }

  /** Whether it can end now. */
  boolean canEnd(Collection<SourceState> states, Instant now) {
    return now.isAfter(latest) || states.stream().allMatch(SourceState::isTried);
  }

  void end() {
    over = true;
  }
}
