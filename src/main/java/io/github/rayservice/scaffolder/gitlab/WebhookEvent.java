package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a webhook's body that this service uses. All other fields are skipped, because they
 * differ between kinds of events and between versions of GitLab.
 *
 * @param objectKind {@code merge_request}, {@code push}, …
 * @param ref the ref of a push, such as {@code refs/heads/main}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record WebhookEvent(
    @Nullable String objectKind,
    @Nullable String ref,
    @Nullable Project project,
    @Nullable MergeRequestChange objectAttributes) {

  /**
   * The project that the event is about.
   *
   * @param id its number, which stays when it is renamed
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Project(@Nullable Long id, @Nullable String pathWithNamespace) {}

  /**
   * The merge request at the time of the event; it may have changed since.
   *
   * @param sourceProjectId as in {@link MergeRequest}
   * @param targetProjectId as in {@link MergeRequest}
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record MergeRequestChange(
      @Nullable String sourceBranch,
      @Nullable String targetBranch,
      @Nullable Long sourceProjectId,
      @Nullable Long targetProjectId) {
    /** Whether the event says that its source branch is a fork's. */
    public boolean isOfFork() {
      return sourceProjectId != null
          && targetProjectId != null
          && !sourceProjectId.equals(targetProjectId);
    }
  }

  /**
   * Whether the event is about a project. Its number decides where it is known: a renamed project
   * has another path, and another project may have the old one.
   *
   * @param path the path; also the number
   */
  public boolean isOf(String path, Optional<Long> id) {
    if (project == null) {
      return false;
    }
    if (project.id() != null && id.isPresent()) {
      return project.id().equals(id.get());
    }
    return path.equalsIgnoreCase(project.pathWithNamespace())
        || path.equals(String.valueOf(project.id()));
  }
}
