package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.form.Violation;
import io.github.rayservice.scaffolder.gitops.Landing;
import java.util.List;

/** A request that stands in Git. */
public record Deployment(Landing landing, Links links, List<Violation> warnings) {}
