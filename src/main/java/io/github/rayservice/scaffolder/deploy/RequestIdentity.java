package io.github.rayservice.scaffolder.deploy;

import java.util.Optional;

/**
 * The call that brings a request.
 *
 * @param requestId one line of visible ASCII, found again in the commit and in the log
 * @param idempotencyKey the caller's name for this one request
 */
public record RequestIdentity(String requestId, Optional<String> idempotencyKey) {}
