package io.github.rayservice.scaffolder.gitlab;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The GitLab project of the GitOps repository. */
@ConfigMapping(prefix = "scaffolder.gitlab")
public interface GitlabConfig {
  /**
   * URL of GitLab, such as {@code https://gitlab.company.com}; when absent, no other setting here
   * is used.
   */
  Optional<URI> url();

  /** Path of the project, such as {@code platform/gitops}. */
  Optional<String> project();

  /** Project, group or personal access token. */
  Optional<String> token();

  /** URL of the repository, https or ssh; when absent, it is {@code <url>/<project>.git}. */
  Optional<String> repository();

  @WithDefault("merge-request")
  Mode mode();

  /** Labels of every merge request; other labels, which people add, are kept. */
  @WithDefault("ray-service")
  List<String> labels();

  /** User names of the reviewers; used when a merge request has no reviewer. */
  Optional<List<String>> reviewers();

  /** User name of the assignee; used when a merge request has no assignee. */
  Optional<String> assignee();

  /** Whether every change sets auto-merge, so that GitLab merges once all checks have passed. */
  @WithDefault("false")
  boolean autoMerge();

  /** How long a request waits until GitLab accepts auto-merge. */
  @WithDefault("10s")
  Duration autoMergePatience();

  /** Whether merge requests are opened as drafts. */
  @WithDefault("false")
  boolean draft();

  /** Whether GitLab deletes the source branch after the merge. */
  @WithDefault("true")
  boolean removeSourceBranch();

  /** Whether GitLab squashes the commits of the source branch into one. */
  @WithDefault("false")
  boolean squash();

  /** Whether this service deletes the source branch of a merged or closed merge request. */
  @WithDefault("true")
  boolean removeStaleBranches();

  /**
   * Interval at which the service reads the state of open proposals from GitLab. A change in GitLab
   * is known after this time at the latest, also without webhooks. {@code off} disables it.
   */
  @WithDefault("30s")
  String pollInterval();

  /**
   * Timeout of one request to GitLab's API, for the connection and for the answer. Proxies,
   * certificates and other properties of the client are {@code quarkus.rest-client.gitlab.*}.
   */
  @WithDefault("10s")
  Duration timeout();

  Webhook webhook();

  /** Secrets by which deliveries to {@code /webhooks/gitlab} are verified. */
  interface Webhook {
    /** GitLab's “secret token” of the webhook, which GitLab sends in plain text. */
    Optional<String> secretToken();

    /** GitLab's “signing token” of the webhook: {@code whsec_…}. */
    Optional<String> signingToken();
  }

  /** How a change gets to the branch that Argo CD follows. */
  enum Mode {
    /** By a branch and a merge request, which people accept. */
    MERGE_REQUEST,
    /** By a commit on that branch. */
    DIRECT
  }
}
