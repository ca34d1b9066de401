package io.github.rayservice.scaffolder.gitops.model;

import java.time.Instant;
import java.util.Optional;

/**
 * What one commit made of a Ray Service, on the branch that Argo CD follows.
 *
 * @param at when it was committed
 * @param author name of who asked for it
 * @param requestId from the commit's trailer; empty when a person committed
 * @param version name of the directory's Git tree; empty when the commit deleted it
 * @param before text of the Ray Service's file before; empty when it was created
 * @param after text of the Ray Service's file; empty when it was deleted
 */
public record Version(
    String commit,
    Instant at,
    String author,
    Optional<String> requestId,
    CommitResult.Outcome outcome,
    Optional<String> version,
    Optional<String> before,
    Optional<String> after) {}
