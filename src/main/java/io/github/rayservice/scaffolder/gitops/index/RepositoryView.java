package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.Claim;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.gitops.model.TeamPolicy;
import io.github.rayservice.scaffolder.gitops.object.TextFiles;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;

/**
 * Where the repository's refs are at one moment, and what they mean.
 *
 * @param branch short name of the branch that Argo CD follows
 * @param commit that branch's commit, to which {@code accepted} belongs
 * @param proposals empty when changes go to the branch itself
 * @param requests where {@link RefNames#REQUESTS} is; the zero id before the first proposal and the
 *     first request with a key
 * @param remembered the tree of that commit; the zero id as well when it is no commit
 */
public record RepositoryView(
    Repository repository,
    String branch,
    Snapshot accepted,
    ObjectId commit,
    Proposals proposals,
    ObjectId requests,
    ObjectId remembered) {

  static RepositoryView of(
      Repository repository,
      String branch,
      RayServiceIndex index,
      Proposals proposals,
      CommitRefs commits)
      throws IOException {
    String name = Constants.R_HEADS + branch;
    Map<String, Ref> refs = repository.getRefDatabase().exactRef(name, RefNames.REQUESTS);
    ObjectId commit =
        target(refs, name)
            .orElseThrow(() ->
                new GitopsException.Unavailable(
                    "the GitOps repository has no branch " + branch, null));
    ObjectId requests = target(refs, RefNames.REQUESTS).orElse(ObjectId.zeroId());
    return new RepositoryView(
        repository,
        branch,
        index.at(repository, commit),
        commit,
        proposals,
        requests,
        commits.remembered(repository, requests));
  }

  /** The commit that is remembered; the zero id when nothing is. */
  public ObjectId rememberedBy() {
    return remembered.equals(ObjectId.zeroId()) ? remembered : requests;
  }

  private static Optional<ObjectId> target(Map<String, Ref> refs, String name) {
    return Optional.ofNullable(refs.get(name)).map(Ref::getObjectId);
  }

  /** A listed Ray Service with its files. */
  public static StoredRayService stored(ObjectReader reader, IndexEntry entry) throws IOException {
    return new StoredRayService(entry.id(), entry.version(), TextFiles.in(reader, entry.version()));
  }

  /** A Ray Service as the branch has it that Argo CD follows, with its files. */
  public static Optional<StoredRayService> accepted(
      RepositoryView view, ObjectReader reader, RayServiceId id) throws IOException {
    Optional<IndexEntry> entry = view.accepted().find(id);
    return entry.isEmpty() ? Optional.empty() : Optional.of(stored(reader, entry.get()));
  }

  /** A Ray Service of the team whose namespace it is, accepted or proposed. */
  public Optional<GitopsException.Conflict.Holder> ofTeam(String namespace) {
    return accepted.ofTeam(namespace).stream()
        .findFirst()
        .map(entry -> holder(entry, branch))
        .or(() ->
            proposals.holding().ofTeam(namespace).stream()
                .findFirst()
                .map(entry -> holder(entry, RefNames.proposalBranch(entry.id()))));
  }

  /** All others of the same team, accepted and proposed; one that is both is in it twice. */
  public List<TeamPolicy.Held> team(RayServiceId id) {
    return Stream.concat(held(accepted, id, false), held(proposals.holding(), id, true)).toList();
  }

  private static Stream<TeamPolicy.Held> held(
      Snapshot services, RayServiceId id, boolean proposed) {
    return services.ofTeam(id.namespace()).stream()
        .filter(entry -> !entry.id().equals(id))
        .flatMap(entry ->
            entry.summary().stream()
                .map(summary -> new TeamPolicy.Held(entry.id(), summary, proposed)));
  }

  /** The same after a commit to the branch itself. */
  public RepositoryView withAccepted(RayServiceId id, ObjectId made, Optional<IndexEntry> entry) {
    Snapshot changed =
        entry.isPresent() ? accepted.with(entry.get(), Optional.of(made)) : accepted.without(id);
    return new RepositoryView(
        repository, branch, changed.at(made), made, proposals, requests, remembered);
  }

  /** The same after a commit to the Ray Service's own branch. */
  public RepositoryView withProposed(RayServiceId id, ObjectId tip, Optional<IndexEntry> entry) {
    return new RepositoryView(
        repository, branch, accepted, commit, proposals.with(id, tip, entry), requests, remembered);
  }

  /** Whether the Ray Service's own branch has this tip; empty for no branch. */
  public boolean isBranchAt(RayServiceId id, Optional<String> tip) {
    return proposals.tip(id).name().equals(tip.orElse(ObjectId.zeroId().name()));
  }

  /**
   * What a change of the Ray Service is put on top of: its open proposal, or what is accepted.
   *
   * @throws GitopsException.Unavailable when it has a branch that is not read
   */
  public Base base(RayServiceId id) {
    if (proposals.unread().contains(id)) {
      throw new GitopsException.Unavailable(
          "the branch %s is one of %d that are not read, because there are more than scaffolder.git.max-proposals; the platform has to remove branches that propose nothing"
              .formatted(RefNames.proposalBranch(id), proposals.unread().size()),
          null);
    }
    Optional<ObjectId> tip = proposals.openTip(id);
    return tip.isPresent()
        ? new Base(this, proposals.open(), RefNames.proposalBranch(id), tip.get())
        : onBranch();
  }

  /** The branch that Argo CD follows, as a base. */
  public Base onBranch() {
    return new Base(this, accepted, branch, commit);
  }

  /** Another Ray Service, accepted or proposed, that holds the claim. */
  public Optional<GitopsException.Conflict.Holder> holder(Claim claim, RayServiceId id) {
    return accepted
        .holder(claim, id)
        .map(entry -> holder(entry, branch))
        .or(() ->
            proposals
                .holding()
                .holder(claim, id)
                .map(entry -> holder(entry, RefNames.proposalBranch(entry.id()))));
  }

  private static GitopsException.Conflict.Holder holder(IndexEntry entry, String on) {
    return new GitopsException.Conflict.Holder(
        entry.id(), on, entry.summary().map(InstanceSummary::createdBy).orElse(""));
  }

  /**
   * A branch that a change is put on top of.
   *
   * @param services what the branch is known to hold
   * @param branch its short name
   */
  public record Base(RepositoryView view, Snapshot services, String branch, ObjectId commit) {
    public Repository repository() {
      return view.repository();
    }

    /** Whether it is the Ray Service's own branch, and holds nothing against others any more. */
    public boolean isIdle(RayServiceId id) {
      return view.proposals().idle().contains(id);
    }

    public GitopsException.Conflict.Holder holder(IndexEntry entry) {
      return RepositoryView.holder(entry, branch);
    }
  }
}
