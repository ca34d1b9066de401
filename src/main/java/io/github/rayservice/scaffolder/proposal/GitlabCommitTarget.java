package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabProject;
import io.github.rayservice.scaffolder.gitops.model.CommitTarget;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Changes go to GitLab's repository where one is configured. */
@ApplicationScoped
class GitlabCommitTarget implements CommitTarget {
  /** GitLab looks at the token only; this name works for every kind of token. */
  private static final String USER = "oauth2";

  private final GitlabProject project;

  GitlabCommitTarget(GitlabProject project) {
    this.project = project;
  }

  @Override
  public Optional<Remote> remote() {
    return project
        .settings()
        .map(settings ->
            new Remote(
                settings.repository(), Optional.of(new Remote.Login(USER, settings.token()))));
  }

  @Override
  public boolean proposes() {
    return project.settings().isPresent() && project.mode() == GitlabConfig.Mode.MERGE_REQUEST;
  }
}
