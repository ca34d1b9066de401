package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import java.util.List;
import java.util.Optional;

/**
 * A checked and rendered request that can be previewed or deployed.
 *
 * @param form what is asked for; empty for a deletion
 * @param content all that tells this request from another, for its Idempotency-Key
 */
public record PreparedChange(
    Change change,
    CommitRequest.Author author,
    Optional<RayServiceForm> form,
    List<Violation> warnings,
    String content) {}
