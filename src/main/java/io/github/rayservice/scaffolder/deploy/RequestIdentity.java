package io.github.rayservice.scaffolder.deploy;

import java.util.Optional;

/**
 * The call that brings a request.
 *
 * @param caller who calls; empty where the service has no authentication
 * @param requestId one line of visible ASCII, found again in the commit and in the log
 * @param idempotencyKey the caller's name for this one request; visible ASCII
 */
public record RequestIdentity(
    Optional<String> caller, String requestId, Optional<String> idempotencyKey) {
  /** The key with its caller, so that no caller can take or probe the key of another. */
  Optional<String> ownKey() {
    // Neither part contains the separator.
    return idempotencyKey.map(key -> caller.orElse("") + '\0' + key);
  }
}
