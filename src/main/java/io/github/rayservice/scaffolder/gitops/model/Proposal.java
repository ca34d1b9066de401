package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/**
 * What a Ray Service's own branch proposes against the branch that Argo CD follows.
 *
 * @param commit tip of the branch
 * @param outcome what accepting it would do
 * @param version of the directory on the branch; empty when the proposal is to delete it
 * @param author name of who asked for the tip
 * @param summary empty as well when its file cannot be read
 * @param accepted text of the Ray Service's file on the branch that Argo CD follows; empty when it
 *     has none
 * @param instance text of the Ray Service's file on the branch; empty when there is none
 * @param diff unified diff between the two branches, below the directory
 */
public record Proposal(
    RayServiceId id,
    String branch,
    String commit,
    String author,
    CommitResult.Outcome outcome,
    Optional<String> version,
    Optional<InstanceSummary> summary,
    Optional<String> accepted,
    Optional<String> instance,
    String diff) {}
