package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitlab.MergeRequestEdit;
import io.github.rayservice.scaffolder.gitlab.NewMergeRequest;
import io.github.rayservice.scaffolder.gitlab.User;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Committed;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync.CheckedBranch;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes the merge request of a change that is on its branch: finds, opens or edits it. */
@ApplicationScoped
public class MergeRequestPublisher {
  private static final Logger LOG = Logger.getLogger(MergeRequestPublisher.class);

  /** How long GitLab's API may be behind a push: its replicas follow within a second or two. */
  private static final Duration BEHIND = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private final GitlabClient gitlab;
  private final GitlabConfig config;
  private final GitopsRepository repository;
  private final MergeRequestSync mergeRequestSync;
  private final MergeRequestDetailsReader detailsReader;
  private final UserLookup people;
  private final AutoMerge autoMerge;

  public MergeRequestPublisher(
      GitlabClient gitlab,
      GitlabConfig config,
      GitopsRepository repository,
      MergeRequestSync mergeRequestSync,
      MergeRequestDetailsReader detailsReader) {
    this.gitlab = gitlab;
    this.config = config;
    this.repository = repository;
    this.mergeRequestSync = mergeRequestSync;
    this.detailsReader = detailsReader;
    this.people = new UserLookup(gitlab, config);
    this.autoMerge = new AutoMerge(gitlab, config);
  }

  /**
   * The merge request of a change that Git has: opened, brought up to date or found. Empty for a
   * change that is accepted already.
   *
   * @param checked the branch that the change was built on
   * @throws GitlabException when it could not be; the same change again then goes on from there
   */
  public Optional<MergeRequestStatus> ensure(Committed committed, CheckedBranch checked) {
    CommitResult result = committed.result();
    if (!repository.proposes() || result.branch().equals(repository.branch())) {
      return Optional.empty();
    }
    return committed
        .proposal()
        .map(proposal ->
            propose(
                proposal,
                checked.newest(),
                AutoMerge.obstacle(result.commit(), proposal.commit(), committed.authorship())))
        // An earlier answer, whose proposal was merged or closed since.
        .or(() ->
            checked
                .newest()
                .or(() -> mergeRequestSync.newest(result.id()))
                .map(MergeRequestStatus::of));
  }

  /**
   * The merge request of an open proposal whose tip this service wrote: opened.
   *
   * @throws GitlabException when it could not be
   */
  MergeRequestStatus openLost(Proposal proposal, Authorship authorship) {
    return propose(
        proposal,
        Optional.empty(),
        AutoMerge.obstacle(proposal.commit(), proposal.commit(), authorship));
  }

  /** Opens the merge request or brings it up to date; {@code newest} is in any state. */
  private MergeRequestStatus propose(
      Proposal proposal, Optional<MergeRequest> newest, Optional<String> obstacle) {
    MergeRequest request =
        newest
            .filter(MergeRequest::isOpen)
            .map(open -> upToDate(open, proposal))
            // People may have merged or closed it before the commit came.
            .filter(now -> isOf(proposal, now))
            .orElseGet(() -> open(proposal));
    AutoMerge.Outcome outcome = autoMerge.set(request, proposal.commit(), obstacle);
    MergeRequest now = mergeRequestSync.record(proposal.id(), outcome.request());
    return MergeRequestStatus.of(now).withAutoMergeProblem(outcome.problem());
  }

  private MergeRequest open(Proposal proposal) {
    long deadline = System.nanoTime() + BEHIND.toNanos();
    for (Duration pause = FIRST_PAUSE; ; pause = pause.multipliedBy(2)) {
      try {
        return openNow(proposal);
      } catch (GitlabException.BranchUnseen e) {
        if (System.nanoTime() + pause.toNanos() > deadline) {
          throw e;
        }
        LOG.debugf("asks again in %s: %s", pause, e.getMessage());
        sleep(pause, e);
      }
    }
  }

  private static void sleep(Duration pause, GitlabException reason) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }

  private MergeRequest openNow(Proposal proposal) {
    try {
      MergeRequest opened =
          gitlab.open(
              new NewMergeRequest(
                  proposal.branch(),
                  repository.branch(),
                  MergeRequestText.title(proposal, config.draft()),
                  MergeRequestText.text(proposal, detailsReader.read(proposal)),
                  String.join(",", config.labels()),
                  config.removeSourceBranch(),
                  config.squash(),
                  people.assignees(),
                  people.reviewers()));
      LOG.infof("opened !%d for Ray Service %s", opened.iid(), proposal.id());
      return opened;
    } catch (GitlabException.Conflict | GitlabException.Refused | GitlabException.BranchUnseen e) {
      // Somebody may have opened one since we looked. When that one is merged already, GitLab's
      // word is that there is no such branch.
      MergeRequest other =
          mergeRequestSync
              .newest(proposal.id())
              .filter(now -> isOf(proposal, now))
              .orElseThrow(() -> e);
      return other.isOpen() ? upToDate(other, proposal) : other;
    }
  }

  private static boolean isOf(Proposal proposal, MergeRequest request) {
    return request.isOpen() || proposal.commit().equals(request.sha());
  }

  /**
   * What people changed about title, draft, labels, reviewers and assignees is theirs; what we say
   * of the change is ours.
   */
  private MergeRequest upToDate(MergeRequest open, Proposal proposal) {
    String text = MergeRequestText.text(proposal, detailsReader.read(proposal));
    String title = MergeRequestText.title(proposal, open.isDraft());
    boolean ours = open.title().matches("(Draft: )?(Create|Update|Delete) Ray Service .*");
    Set<String> missing = new TreeSet<>(config.labels());
    if (open.labels() != null) {
      missing.removeAll(open.labels());
    }
    MergeRequestEdit edit =
        new MergeRequestEdit(
            Optional.of(title).filter(t -> ours && !t.equals(open.title())),
            Optional.of(text)
                .filter(t -> !t.strip().equals(String.valueOf(open.description()).strip())),
            missing.isEmpty() ? Optional.empty() : Optional.of(String.join(",", missing)),
            whereNobodyIs(open.assignees(), people::assignees),
            whereNobodyIs(open.reviewers(), people::reviewers));
    return edit.isNothing() ? open : gitlab.edit(open.iid(), edit);
  }

  private static Optional<List<Long>> whereNobodyIs(
      @Nullable List<User> present, Supplier<List<Long>> wanted) {
    return present == null || !present.isEmpty()
        ? Optional.empty()
        : Optional.of(wanted.get()).filter(numbers -> !numbers.isEmpty());
  }
}
