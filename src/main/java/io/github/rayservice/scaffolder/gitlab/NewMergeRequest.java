package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * A merge request to open.
 *
 * @param labels labels, separated by commas
 * @param assigneeIds ids of users
 * @param reviewerIds ids of users; GitLab without Premium uses only the first
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record NewMergeRequest(
    String sourceBranch,
    String targetBranch,
    String title,
    String description,
    String labels,
    boolean removeSourceBranch,
    boolean squash,
    List<Long> assigneeIds,
    List<Long> reviewerIds) {}
