package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.gitlab.DetailedMergeStatus;
import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Asks GitLab to merge by itself what was proposed, and nothing that came after it. */
class AutoMerge {
  private static final Logger LOG = Logger.getLogger(AutoMerge.class);

  private static final String MOVED = "its branch has moved on since this change was pushed";

  private static final int FORBIDDEN = 403;
  private static final int NOT_ALLOWED = 405;
  private static final int UNPROCESSABLE = 422;
  private static final int CONFLICT = 409;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final GitlabClient gitlab;
  private final GitlabConfig config;

  AutoMerge(GitlabClient gitlab, GitlabConfig config) {
    this.gitlab = gitlab;
    this.config = config;
  }

  /**
   * What became of the wish.
   *
   * @param problem why GitLab will not merge by itself; empty when it will, or has
   */
  record Outcome(MergeRequest request, Optional<String> problem) {
    static Outcome refused(MergeRequest request, String problem) {
      LOG.infof("!%d is not merged by itself: %s", request.iid(), problem);
      return new Outcome(request, Optional.of(problem));
    }
  }

  /**
   * Sets auto-merge where the platform wants it. The merge request stays in any case; why it could
   * not be set is told.
   *
   * @param sha the commit that was proposed
   * @param obstacle why the branch is not this request's commit and nothing else
   */
  Outcome set(MergeRequest open, String sha, Optional<String> obstacle) {
    if (!config.autoMerge() || !open.isOpen() || open.isAutoMerge()) {
      return new Outcome(open, Optional.empty());
    }
    if (obstacle.isPresent()) {
      return Outcome.refused(open, obstacle.get());
    }
    if (open.isDraft()) {
      return Outcome.refused(open, "it is a draft");
    }
    long deadline = System.nanoTime() + config.autoMergePatience().toNanos();
    for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
      Optional<Outcome> outcome = wish(open, () -> gitlab.autoMerge(open.iid(), sha));
      if (outcome.isPresent()) {
        return outcome.get();
      }
      MergeRequest now = gitlab.mergeRequest(open.iid());
      if (!now.isOpen() || now.isAutoMerge()) {
        return new Outcome(now, Optional.empty());
      }
      DetailedMergeStatus status = DetailedMergeStatus.of(now.detailedMergeStatus());
      if (!status.isPassing()) {
        return Outcome.refused(now, DetailedMergeStatus.describe(now.detailedMergeStatus()));
      }
      if (System.nanoTime() > deadline) {
        // An older GitLab takes the wish only where a pipeline runs. None has begun in all this
        // time, and nothing else is waited for.
        return Optional.of(now)
            .filter(request ->
                status == DetailedMergeStatus.MERGEABLE && request.headPipeline() == null)
            .flatMap(request -> wish(request, () -> gitlab.merge(request.iid(), sha)))
            .orElseGet(() ->
                Outcome.refused(now, DetailedMergeStatus.describe(now.detailedMergeStatus())));
      }
      if (!pause(pause)) {
        return Outcome.refused(now, "this service was stopped while it waited for GitLab");
      }
    }
  }

  /**
   * Why a branch must not be merged without people: it is not where this request put it, or others
   * committed to it.
   *
   * @param commit what this request committed, or an earlier one that asked for the same
   * @param tip the branch's newest commit
   */
  static Optional<String> obstacle(String commit, String tip, Authorship authorship) {
    if (!commit.equals(tip)) {
      return Optional.of(MOVED);
    }
    return authorship == Authorship.OWN
        ? Optional.empty()
        : Optional.of("others have committed to its branch, so people have to merge it");
  }

  /** Empty when GitLab does not allow it now. */
  private static Optional<Outcome> wish(MergeRequest open, Supplier<MergeRequest> call) {
    try {
      return Optional.of(new Outcome(call.get(), Optional.empty()));
    } catch (GitlabException.Denied e) {
      // GitLab answered this token a moment ago: here 401 means that it may not merge.
      return Optional.of(
          Outcome.refused(
              open,
              "the token may not merge; it needs the right to merge into %s"
                  .formatted(open.targetBranch())));
    } catch (GitlabException.Refused e) {
      if (e.status() == CONFLICT) {
        return Optional.of(Outcome.refused(open, MOVED));
      }
      if (e.status() == FORBIDDEN) {
        return Optional.of(Outcome.refused(open, String.valueOf(e.getMessage())));
      }
      if (e.status() != NOT_ALLOWED && e.status() != UNPROCESSABLE) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** False when the thread is interrupted. */
  private static boolean pause(Duration longest) {
    long half = longest.toMillis() / 2;
    try {
      Thread.sleep(half + ThreadLocalRandom.current().nextLong(half + 1));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
