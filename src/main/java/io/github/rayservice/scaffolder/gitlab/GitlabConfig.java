package io.github.rayservice.scaffolder.gitlab;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The GitLab project that holds the GitOps repository. */
@ConfigMapping(prefix = "scaffolder.gitlab")
public interface GitlabConfig {
  /**
   * Address of GitLab, such as {@code https://gitlab.company.com}; without it nothing here counts.
   */
  Optional<URI> url();

  /** Path of the project, such as {@code platform/gitops}. */
  Optional<String> project();

  /** Project, group or personal access token. */
  Optional<String> token();

  /** Address of the repository where it is not {@code <url>/<project>.git}: https or ssh. */
  Optional<String> repository();

  @WithDefault("merge-request")
  Mode mode();

  /** Labels of every merge request; others that people add stay. */
  @WithDefault("ray-service")
  List<String> labels();

  /** User names of those who are asked for a review, where a merge request has no reviewer yet. */
  Optional<List<String>> reviewers();

  /** User name of who is assigned, where nobody is yet. */
  Optional<String> assignee();

  /**
   * Whether GitLab is asked to merge by itself once all checks have passed, each time somebody
   * sends a change.
   */
  @WithDefault("false")
  boolean autoMerge();

  /** How long a request waits for GitLab to get ready for that. */
  @WithDefault("10s")
  Duration autoMergePatience();

  /** Whether merge requests are opened as drafts. */
  @WithDefault("false")
  boolean draft();

  /** Whether GitLab removes the branch when it is merged. */
  @WithDefault("true")
  boolean removeSourceBranch();

  /** Whether GitLab squashes the branch's commits into one. */
  @WithDefault("false")
  boolean squash();

  /** Whether this service removes the branch of a merge request that was merged or closed. */
  @WithDefault("true")
  boolean removeStaleBranches();

  /**
   * How often GitLab is asked what became of open proposals; what people did is known after this
   * time at the latest. {@code off} never asks.
   */
  @WithDefault("30s")
  String pollInterval();

  /** How long one answer of GitLab's API may take. */
  @WithDefault("10s")
  Duration timeout();

  Webhook webhook();

  /** How deliveries to {@code /webhooks/gitlab} prove that they are GitLab's. */
  interface Webhook {
    /** GitLab's “secret token” of the webhook, which it sends along in plain text. */
    Optional<String> secretToken();

    /** GitLab's “signing token” of the webhook: {@code whsec_…}. */
    Optional<String> signingToken();
  }

  /** What becomes of a change. */
  enum Mode {
    /** A branch and a merge request, for people to accept. */
    MERGE_REQUEST,
    /** A commit on the branch that Argo CD follows. */
    DIRECT
  }
}
