package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.form.Violation;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import java.util.List;
import java.util.Optional;

/**
 * A request that Git has.
 *
 * @param mergeRequest the merge request that proposes it; empty when it is accepted
 */
public record DeployResult(
    CommitResult result,
    Optional<MergeRequestStatus> mergeRequest,
    Links links,
    List<Violation> warnings) {}
