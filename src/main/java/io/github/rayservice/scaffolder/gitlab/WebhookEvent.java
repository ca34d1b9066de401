package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * What matters of a webhook's body. GitLab sends some kinds with fields of their own names, and
 * adds fields with its versions; what is not named here is passed over without being kept.
 *
 * @param objectKind {@code merge_request}, {@code push}, …
 * @param ref of a push, such as {@code refs/heads/main}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record WebhookEvent(
    @Nullable String objectKind,
    @Nullable String ref,
    @Nullable Project project,
    @Nullable MergeRequestChange objectAttributes) {

  /** The project that the event is about. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Project(@Nullable String pathWithNamespace) {}

  /** The merge request as it was when the event was made; by now it may be otherwise. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record MergeRequestChange(
      @Nullable String sourceBranch, @Nullable String targetBranch, @Nullable String action) {}

  /** Whether it is about the project with this path. */
  public boolean isOf(String path) {
    return project != null && path.equalsIgnoreCase(project.pathWithNamespace());
  }
}
