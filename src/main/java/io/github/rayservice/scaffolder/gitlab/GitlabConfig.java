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
  /** Address of GitLab, https; without it the embedded repository is used. */
  Optional<URI> url();

  /**
   * Path of the project, such as {@code platform/gitops}, or its number, which needs {@code
   * scaffolder.gitlab.repository}.
   */
  Optional<String> project();

  /** Project, group or personal access token; set it by the environment, from a Secret. */
  Optional<String> token();

  /** Address of the repository where it is not {@code <url>/<project>.git}; https or ssh. */
  Optional<String> repository();

  /** Host of the repository where it is not that of {@code scaffolder.gitlab.url}. */
  Optional<String> repositoryHost();

  /** {@code merge-request} proposes, {@code direct} commits to {@code scaffolder.git.branch}. */
  @WithDefault("merge-request")
  Mode mode();

  /** Labels of every merge request, separated by commas; labels that people add stay. */
  @WithDefault("ray-service")
  List<String> labels();

  /** User names of reviewers, separated by commas, for a merge request that has none. */
  Optional<List<String>> reviewers();

  /** User name of the assignee, for a merge request that has none. */
  Optional<String> assignee();

  /** Let GitLab merge once all checks have passed. */
  @WithDefault("false")
  boolean autoMerge();

  /**
   * How long a request waits for GitLab to get ready for auto-merge; where no pipeline has begun by
   * then, an older GitLab is told to merge at once.
   */
  @WithDefault("10s")
  Duration autoMergePatience();

  /** Open merge requests as drafts. */
  @WithDefault("false")
  boolean draft();

  /** Let GitLab remove the branch when it is merged. */
  @WithDefault("true")
  boolean removeSourceBranch();

  /** Let GitLab squash the branch's commits. */
  @WithDefault("false")
  boolean squash();

  /** Remove the branch of a merge request that was merged or closed. */
  @WithDefault("true")
  boolean removeStaleBranches();

  /**
   * How often GitLab is asked what became of open proposals; one whose merge request was lost in a
   * crash gets it within two of these; {@code off} never asks.
   */
  @WithDefault("30s")
  String pollInterval();

  /**
   * How old GitLab's word about a merge request may be that a read shows; what webhooks, polls and
   * writes bring is shown at once. {@code 0s} asks GitLab for each read.
   */
  @WithDefault("2s")
  Duration reviewMaxAge();

  /**
   * How long one answer of GitLab's API may take. Proxies, certificates and all else of the client:
   * Quarkus' {@code quarkus.rest-client.gitlab.*}, whose {@code connect-timeout} and {@code
   * read-timeout} win over this one.
   */
  @WithDefault("10s")
  Duration timeout();

  Webhook webhook();

  /** Secrets by which deliveries to {@code /webhooks/gitlab} are verified. */
  interface Webhook {
    /**
     * The webhook's secret token, for a GitLab that does not sign; set it by the environment, from
     * a Secret.
     */
    Optional<String> secretToken();

    /** The webhook's signing token, {@code whsec_…}; set it by the environment, from a Secret. */
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
