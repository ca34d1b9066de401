package io.github.rayservice.scaffolder.gitlab;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * GitLab's {@code detailed_merge_status} of an open merge request: what keeps it from being merged.
 * GitLab adds words from version to version.
 */
public enum DetailedMergeStatus {
  MERGEABLE("can be merged", true),
  UNCHECKED(Words.LOOKING, true),
  CHECKING(Words.LOOKING, true),
  PREPARING(Words.LOOKING, true),
  APPROVALS_SYNCING("GitLab is still counting its approvals", true),
  CI_STILL_RUNNING("its pipeline is still running", true),
  CI_MUST_PASS("its pipeline must pass", false),
  NOT_APPROVED("waits for approval", false),
  REQUESTED_CHANGES("a reviewer asked for changes", false),
  DISCUSSIONS_NOT_RESOLVED("has discussions that are not resolved", false),
  DRAFT_STATUS("is a draft", false),
  CONFLICT("conflicts with the target branch", false),
  NEED_REBASE("must be rebased onto the target branch", false),
  LOCKED_PATHS("touches files that a person has locked", false),
  NOT_OPEN("is not open", false),
  BLOCKED_STATUS(Words.BLOCKED, false),
  MERGE_REQUEST_BLOCKED(Words.BLOCKED, false),
  /** A word that this service does not know. */
  OTHER("GitLab says ", false);

  private final String meaning;
  private final boolean passing;

  DetailedMergeStatus(String meaning, boolean passing) {
    this.meaning = meaning;
    this.passing = passing;
  }

  /** The status of GitLab's word; {@link #OTHER} for none and for one that is not known. */
  public static DetailedMergeStatus of(@Nullable String word) {
    return Arrays.stream(values())
        .filter(status -> status != OTHER && status.word().equals(word))
        .findFirst()
        .orElse(OTHER);
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a word means, for people; one that is not known is shown as it is. */
  public static String describe(@Nullable String word) {
    DetailedMergeStatus status = of(word);
    return status == OTHER ? OTHER.meaning + word : status.meaning;
  }

  /**
   * Whether GitLab leaves it by itself, or takes the wish to merge in it: so another try may
   * succeed where GitLab has refused one.
   */
  public boolean isPassing() {
    return passing;
  }

  private static final class Words {
    static final String LOOKING = "GitLab is still looking whether it can be merged";
    static final String BLOCKED = "is blocked by another merge request";

    private Words() {}
  }
}
