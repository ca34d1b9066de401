package io.github.rayservice.scaffolder.proposal;

import java.util.Map;

/**
 * What a merge request tells its reviewers beside the difference.
 *
 * @param parameters field to value, in the form's order; empty for a deletion
 * @param endpoints name to address of what the Ray Service will offer; people typed parts of them
 * @param pages name to address of the platform's own pages about it
 */
public record MergeRequestDetails(
    Map<String, String> parameters, Map<String, String> endpoints, Map<String, String> pages) {}
