package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a merge request when it is opened or edited; what is null is not said.
 *
 * @param labels separated by commas, as GitLab takes them
 * @param stateEvent {@code close} or {@code reopen}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MergeRequestFields(
    @Nullable String sourceBranch,
    @Nullable String targetBranch,
    @Nullable String title,
    @Nullable String description,
    @Nullable String labels,
    @Nullable String addLabels,
    @Nullable Boolean removeSourceBranch,
    @Nullable Boolean squash,
    @Nullable String stateEvent) {}
