package io.github.rayservice.scaffolder.gitops.transport;

import java.time.Duration;

/** When a mirror was last the same as its server. */
sealed interface Freshness {
  /** Nothing was fetched yet, or the refs on the server are said to have moved since. */
  record Unknown() implements Freshness {}

  /** {@code nanos} is {@link System#nanoTime()} from before the server was asked. */
  record SameAt(long nanos) implements Freshness {}

  /** Begins a comparison with the server: what moves there from now on may be missed. */
  static Freshness now() {
    return new SameAt(System.nanoTime());
  }

  default boolean isWithin(Duration age) {
    return this instanceof SameAt(long nanos) && System.nanoTime() - nanos <= age.toNanos();
  }
}
