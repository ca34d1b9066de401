package io.github.rayservice.scaffolder.gitops.model;

import java.util.Optional;

/**
 * Who asks for a change, and how the request can be known again.
 *
 * @param author author of the commit
 * @param requestId value of the commit's {@code Request-Id} trailer; one line
 * @param key the Idempotency-Key together with its caller
 * @param digest of all that makes the request what it is, one word; another digest under the same
 *     key is refused
 */
public record CommitRequest(Author author, String requestId, Optional<String> key, String digest) {
  /** A person, as Git names one. */
  public record Author(String name, String email) {}
}
