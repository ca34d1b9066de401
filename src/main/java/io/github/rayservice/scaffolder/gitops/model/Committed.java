package io.github.rayservice.scaffolder.gitops.model;

import java.util.Optional;

/**
 * A change that Git has.
 *
 * @param proposal what the Ray Service's own branch proposes with it; empty when the change is
 *     accepted, or its proposal was merged or closed
 */
public record Committed(CommitResult result, Optional<Proposal> proposal) {}
