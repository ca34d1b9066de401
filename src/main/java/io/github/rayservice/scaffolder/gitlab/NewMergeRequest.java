package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * A merge request to open.
 *
 * @param labels separated by commas, as GitLab takes them
 * @param assigneeIds numbers of users
 * @param reviewerIds numbers of users; a GitLab without Premium takes the first of them
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
