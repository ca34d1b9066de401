package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.platform.Dashboard;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import java.util.List;
import java.util.Optional;

/**
 * A request that Git has.
 *
 * @param mergeRequest the merge request that proposes it; empty when it is accepted
 * @param monthlyCost what its hardware costs afterwards; empty when no price is known
 * @param dashboard of what it asks for; empty for a deletion
 */
public record DeployResult(
    CommitResult result,
    Optional<MergeRequestStatus> mergeRequest,
    Optional<MonthlyCost> monthlyCost,
    Links links,
    Optional<Dashboard> dashboard,
    List<Violation> warnings) {}
