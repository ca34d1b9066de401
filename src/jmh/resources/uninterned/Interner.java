package io.github.rayservice.scaffolder.status.resource;

import java.time.Instant;
import java.util.Optional;

/** Shares nothing. */
final class Interner {
  private Interner() {}

  static String text(String text) {
    return text;
  }

  static Optional<Instant> time(Instant time) {
    return Optional.of(time);
  }
}
