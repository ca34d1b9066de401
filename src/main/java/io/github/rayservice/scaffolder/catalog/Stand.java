package io.github.rayservice.scaffolder.catalog;

import java.util.Optional;

/**
 * Where a Ray Service stands, in words that people read.
 *
 * @param phase such as {@code Proposed}, {@code Accepted} or {@code Running}; a label value
 * @param message one line
 */
public record Stand(String phase, Optional<String> reason, String message) {}
