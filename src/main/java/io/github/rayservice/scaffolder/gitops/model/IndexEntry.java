package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;

/**
 * A Ray Service's place in the index.
 *
 * @param version name of its directory's Git tree
 * @param summary empty when its file cannot be read as a Ray Service
 * @param problem why it cannot; empty when all is well
 */
public record IndexEntry(
    RayServiceId id, String version, Optional<InstanceSummary> summary, Optional<String> problem) {}
