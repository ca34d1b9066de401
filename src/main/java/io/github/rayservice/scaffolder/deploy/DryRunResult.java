package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.form.Violation;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import java.util.List;

/** What a request would do. */
public record DryRunResult(Preview preview, Links links, List<Violation> warnings) {}
