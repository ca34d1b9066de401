package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.Gitlab;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitlab.MergeRequestFields;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.Landing;
import io.github.rayservice.scaffolder.gitops.Proposal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The merge requests of proposals: finds, opens and edits them. Nothing is remembered here; where a
 * proposal stands is asked of Git and GitLab each time, so that any try, also after a crash, goes
 * on where the last one ended.
 */
@ApplicationScoped
public class MergeRequests {
  private static final Logger LOG = Logger.getLogger(MergeRequests.class);
  private static final int CONFLICT = 409;

  /** One packet of Git's protocol holds 65,516 bytes; the option's name goes off that. */
  private static final int LONGEST_OPTION = 60_000;

  private final Gitlab gitlab;
  private final GitlabConfig config;
  private final GitopsRepository repository;

  public MergeRequests(Gitlab gitlab, GitlabConfig config, GitopsRepository repository) {
    this.gitlab = gitlab;
    this.config = config;
    this.repository = repository;
  }

  /** Whether changes are merge requests at all. */
  public boolean enabled() {
    return repository.proposes();
  }

  /**
   * Makes sure that a branch whose proposal people have merged or closed is not built upon.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public void settle(RayServiceId id) {
    if (enabled() && repository.hasBranch(id)) {
      review(id);
    }
  }

  /**
   * The newest merge request of a Ray Service, in any state, also when its branch is gone.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public Optional<Review> review(RayServiceId id) {
    if (!enabled()) {
      return Optional.empty();
    }
    Optional<MergeRequest> newest = gitlab.newest(Proposal.branchOf(id), repository.branch());
    if (newest.isPresent() && newest.get().isOpen()) {
      repository.reopen(id);
    }
    Optional<Proposal> proposal = repository.standing(id).proposal();
    if (newest.isPresent() && proposal.isPresent()) {
      settleIfDone(proposal.get(), newest.get());
    }
    return newest.map(Review::of);
  }

  /** A commit that came after people had merged or closed is a proposal of its own. */
  private boolean settleIfDone(Proposal proposal, MergeRequest newest) {
    boolean done = !newest.isOpen() && proposal.commit().equals(newest.sha());
    if (done) {
      repository.settle(proposal.id(), proposal.commit());
    }
    return done;
  }

  /**
   * Finds the open proposals that people have merged or closed, lets go of what they held, and
   * removes their branches where the platform wants that. A branch that never had a merge request
   * stays: the request that made it will come again.
   *
   * @throws GitlabException when GitLab cannot be asked
   */
  public void sweep() {
    Map<RayServiceId, String> tips = repository.openProposals();
    if (tips.isEmpty()) {
      return;
    }
    Set<String> open =
        gitlab.open(repository.branch()).stream()
            .map(MergeRequest::sourceBranch)
            .collect(Collectors.toSet());
    for (RayServiceId id : tips.keySet()) {
      String branch = Proposal.branchOf(id);
      if (!open.contains(branch)) {
        gitlab.newest(branch, repository.branch()).ifPresent(newest -> sweep(id, newest));
      }
    }
  }

  private void sweep(RayServiceId id, MergeRequest newest) {
    Optional<Proposal> proposal = repository.standing(id).proposal();
    if (proposal.isEmpty() || !settleIfDone(proposal.get(), newest)) {
      return;
    }
    LOG.infof("!%d of Ray Service %s is %s", newest.iid(), id, newest.state());
    if (config.removeStaleBranches() && repository.removeBranch(id, proposal.get().commit())) {
      LOG.infof("removed the branch %s", proposal.get().branch());
    }
  }

  /** What Git's server is told, so that it opens the merge request together with the branch. */
  public Proposal.Options options(Pitch pitch) {
    return config.pushOptions() ? proposal -> options(proposal, pitch) : Proposal.Options.NONE;
  }

  private List<String> options(Proposal proposal, Pitch pitch) {
    String description = Description.text(proposal, pitch);
    List<String> options = new ArrayList<>();
    options.add("merge_request.create");
    options.add("merge_request.target=" + repository.branch());
    options.add("merge_request.title=" + title(proposal));
    // GitLab turns \n into a line break, so a text that holds those two characters itself cannot
    // travel this way; it is set afterwards.
    if (!description.contains("\\n") && description.length() * 3 < LONGEST_OPTION) {
      options.add("merge_request.description=" + description.replace("\n", "\\n"));
    }
    if (config.removeSourceBranch()) {
      options.add("merge_request.remove_source_branch");
    }
    if (config.squash()) {
      options.add("merge_request.squash");
    }
    config.labels().forEach(label -> options.add("merge_request.label=" + label));
    return options;
  }

  private String title(Proposal proposal) {
    return Description.title(proposal, config.draft());
  }

  /**
   * The merge request of a change that stands on its branch: opened, brought up to date or found.
   * Empty for a change that is accepted already.
   *
   * @throws GitlabException when it could not be; the same change again then goes on from there
   */
  public Optional<Review> propose(Landing landing, Pitch pitch) {
    return mergeRequest(landing, pitch).map(Review::of);
  }

  private Optional<MergeRequest> mergeRequest(Landing landing, Pitch pitch) {
    if (!enabled() || landing.branch().equals(repository.branch())) {
      return Optional.empty();
    }
    Optional<Proposal> proposal = repository.standing(landing.id()).proposal();
    if (proposal.isEmpty()) {
      // Merged or closed since, and the branch is gone.
      return gitlab.newest(landing.branch(), repository.branch());
    }
    Optional<MergeRequest> open = gitlab.open(landing.branch(), repository.branch());
    if (open.isPresent()) {
      return Optional.of(upToDate(open.get(), proposal.get(), pitch));
    }
    Optional<MergeRequest> newest = gitlab.newest(landing.branch(), repository.branch());
    if (newest.isPresent() && settleIfDone(proposal.get(), newest.get())) {
      return newest;
    }
    return Optional.of(open(proposal.get(), pitch));
  }

  private MergeRequest open(Proposal proposal, Pitch pitch) {
    try {
      MergeRequest opened =
          gitlab.open(
              new MergeRequestFields(
                  proposal.branch(),
                  repository.branch(),
                  title(proposal),
                  Description.text(proposal, pitch),
                  String.join(",", config.labels()),
                  null,
                  config.removeSourceBranch(),
                  config.squash(),
                  null));
      LOG.infof("opened !%d for Ray Service %s", opened.iid(), proposal.id());
      return opened;
    } catch (GitlabException.Refused e) {
      if (e.status() != CONFLICT) {
        throw e;
      }
      // Somebody opened one since we looked. The branch is ours, so it is, too.
      MergeRequest other = gitlab.open(proposal.branch(), repository.branch()).orElseThrow(() -> e);
      return upToDate(other, proposal, pitch);
    }
  }

  /**
   * What people changed about title, draft and labels is theirs; what we say of the change is ours.
   */
  private MergeRequest upToDate(MergeRequest open, Proposal proposal, Pitch pitch) {
    String text = Description.text(proposal, pitch);
    Set<String> missing = new HashSet<>(config.labels());
    if (open.labels() != null) {
      missing.removeAll(open.labels());
    }
    String title = Description.title(proposal, Boolean.TRUE.equals(open.draft()));
    boolean ours = open.title().matches("(Draft: )?(Create|Update|Delete) Ray Service .*");
    boolean retitle = ours && !open.title().equals(title);
    if (text.strip().equals(String.valueOf(open.description()).strip())
        && missing.isEmpty()
        && !retitle) {
      return open;
    }
    return gitlab.edit(
        open.iid(),
        new MergeRequestFields(
            null,
            null,
            retitle ? title : null,
            text,
            null,
            missing.isEmpty() ? null : String.join(",", missing),
            null,
            null,
            null));
  }
}
