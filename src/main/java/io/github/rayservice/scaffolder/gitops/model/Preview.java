package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a change would do if it were made now.
 *
 * @param accepted text of the Ray Service's file on the branch that Argo CD follows; empty when it
 *     has none
 * @param files path to text, as they would be afterwards
 * @param diff unified diff against the branch; empty when nothing would change
 */
public record Preview(
    RayServiceId id,
    CommitResult.Outcome outcome,
    String branch,
    Optional<String> accepted,
    SortedMap<String, String> files,
    String diff) {}
