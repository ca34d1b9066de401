package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * A project of GitLab's API.
 *
 * @param id its number in GitLab, which stays when it is renamed or moved
 * @param pathWithNamespace its path, such as {@code platform/gitops}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProjectInfo(long id, String pathWithNamespace) {}
