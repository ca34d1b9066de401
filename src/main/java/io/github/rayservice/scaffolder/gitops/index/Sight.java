package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Reason;
import io.github.rayservice.scaffolder.gitops.model.SummaryReader;
import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import java.io.IOException;
import org.eclipse.jgit.lib.Repository;

/**
 * Looks at what stands in the repository. Broken objects of a copy that can be had again are no
 * error: the copy is made anew and the look repeated.
 */
public final class Sight {
  private final Upstream upstream;
  private final String branch;
  private final Index index;
  private final ProposalIndex proposals;

  public Sight(Upstream upstream, String branch, SummaryReader summaries) {
    this.upstream = upstream;
    this.branch = branch;
    this.index = new Index(summaries);
    this.proposals = new ProposalIndex(index);
  }

  public ProposalIndex proposals() {
    return proposals;
  }

  public Head head(Repository repository) throws IOException {
    return Head.of(repository, branch, index, proposals);
  }

  public interface Reading<T> {
    T read(Head head) throws IOException;
  }

  /**
   * Reads what stood there a moment ago.
   *
   * @throws GitopsException.Unavailable when it cannot be read
   */
  public <T> T read(Reading<T> reading) {
    return carefully(() -> reading.read(head(upstream.refresh())));
  }

  public interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Runs what reads the repository, once more after a rebuild when that was needed.
   *
   * @throws GitopsException.Unavailable when it cannot be read
   */
  public <T> T carefully(Work<T> work) {
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
            .formatted(upstream.name(), Reason.of(e)),
        e);
  }
}
