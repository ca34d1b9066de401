package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What GitLab says of the token that asks.
 *
 * @param expiresAt a date, {@code YYYY-MM-DD}; null when it never expires
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record TokenInfo(
    String name, List<String> scopes, boolean active, @Nullable String expiresAt) {}
