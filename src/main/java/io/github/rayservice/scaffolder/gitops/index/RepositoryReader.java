package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.ErrorText;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummaryReader;
import io.github.rayservice.scaffolder.gitops.model.ProposalStates;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;

/**
 * Looks at what is in the repository. Broken objects of a copy that can be had again are no error:
 * the copy is made again and the look repeated.
 */
public final class RepositoryReader {
  private final Upstream upstream;
  private final String branch;
  private final boolean proposes;
  private final RayServiceIndex index;
  private final CommitRefs commits = new CommitRefs();
  private final ProposalBranches proposals;

  /**
   * Reads for those who propose, or for those who write to the branch itself.
   *
   * @param proposes false: branches that were left behind propose nothing
   * @param mostProposals so many branches are read
   */
  public RepositoryReader(
      Upstream upstream,
      String branch,
      boolean proposes,
      InstanceSummaryReader summaries,
      ProposalStates states,
      Clock clock,
      int mostProposals) {
    this.upstream = upstream;
    this.branch = branch;
    this.proposes = proposes;
    this.index = new RayServiceIndex(summaries);
    this.proposals = new ProposalBranches(index, states, commits, clock, mostProposals);
  }

  public RepositoryView view(Repository repository) throws IOException {
    return RepositoryView.of(
        repository, branch, index, proposes ? proposals.at(repository) : Proposals.NONE, commits);
  }

  /** How many branches of proposals are not read. */
  public int unreadProposals() {
    return proposals.unread();
  }

  /**
   * Where the Ray Service's own branch is, as far as this process has seen it: the upstream is not
   * asked.
   */
  public Optional<String> branchTip(RayServiceId id) {
    return withRebuild(() -> {
      Ref ref = upstream.repository().exactRef(Constants.R_HEADS + RefNames.proposalBranch(id));
      return Optional.ofNullable(ref).map(Ref::getObjectId).map(ObjectId::name);
    });
  }

  public interface Query<T> {
    T read(RepositoryView view) throws IOException;
  }

  /**
   * Reads what was there a moment ago.
   *
   * @throws GitopsException.Unavailable when it cannot be read
   */
  public <T> T read(Query<T> reading) {
    return withRebuild(() -> reading.read(view(upstream.refresh())));
  }

  public interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Runs what reads the repository, once more after a rebuild when that was needed.
   *
   * @throws GitopsException.Unavailable when it cannot be read
   */
  public <T> T withRebuild(Work<T> work) {
    try {
      return work.run();
    } catch (IOException broken) {
      if (!upstream.rebuild(broken)) {
        throw unreadable(broken);
      }
    }
    try {
      return work.run();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private GitopsException.Unavailable unreadable(IOException e) {
    return new GitopsException.Unavailable(
        "the GitOps repository %s cannot be read or written: %s"
            .formatted(upstream.name(), ErrorText.of(e)),
        e);
  }
}
