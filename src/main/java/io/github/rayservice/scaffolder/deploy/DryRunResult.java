package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import io.github.rayservice.scaffolder.platform.Dashboard;
import java.util.List;
import java.util.Optional;

/**
 * What a request would do.
 *
 * @param effects what it would do to what runs
 * @param monthlyCost what its hardware would cost; empty when no price is known
 * @param dashboard of what it asks for; empty for a deletion
 */
public record DryRunResult(
    Preview preview,
    ChangeEffects effects,
    Optional<MonthlyCost> monthlyCost,
    Links links,
    Optional<Dashboard> dashboard,
    List<Violation> warnings) {}
