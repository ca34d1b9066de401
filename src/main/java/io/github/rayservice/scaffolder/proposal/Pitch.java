package io.github.rayservice.scaffolder.proposal;

import java.util.Map;
import java.util.Optional;

/**
 * What a merge request tells its reviewers beside the difference.
 *
 * @param askedBy who wants the change
 * @param parameters field to value, in the form's order; empty for a deletion
 * @param serve where the Ray Serve endpoint will be
 * @param dashboard where the Ray dashboard will be
 */
public record Pitch(
    String askedBy,
    Map<String, String> parameters,
    Optional<String> serve,
    Optional<String> dashboard) {}
