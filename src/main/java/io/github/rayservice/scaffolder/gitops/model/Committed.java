package io.github.rayservice.scaffolder.gitops.model;

import java.util.Optional;

/**
 * A change that Git has.
 *
 * @param proposal what the Ray Service's own branch proposes with it; empty when the change is
 *     accepted, or its proposal was merged or closed
 * @param authorship who wrote what the proposal's branch has
 */
public record Committed(CommitResult result, Optional<Proposal> proposal, Authorship authorship) {}
