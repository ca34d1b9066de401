package io.github.rayservice.scaffolder.gitops.commit;

import io.github.rayservice.scaffolder.gitops.index.RepositoryReader;
import io.github.rayservice.scaffolder.gitops.index.RepositoryView;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.jboss.logging.Logger;

/**
 * Brings a group of changes to the upstream. Whoever loses a race looks again and applies his
 * changes to what is there now, a bounded number of times.
 */
public final class CommitExecutor implements GroupCommit.Executor {
  private static final Logger LOG = Logger.getLogger(CommitExecutor.class);

  private final Upstream upstream;
  private final String branch;
  private final RepositoryReader reader;
  private final boolean proposes;
  private final GitopsConfig config;
  private final Clock clock;
  private final IdempotencyStore requests;
  private final Counter retries;
  private final DistributionSummary groups;

  public CommitExecutor(
      Upstream upstream,
      RepositoryReader reader,
      boolean proposes,
      GitopsConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.upstream = upstream;
    this.branch = Constants.R_HEADS + config.branch();
    this.reader = reader;
    this.proposes = proposes;
    this.config = config;
    this.clock = clock;
    this.requests = new IdempotencyStore(clock, config.idempotencyRetention());
    this.retries =
        Counter.builder("scaffolder.git.retries")
            .description("Changes applied again because another writer moved the branch first")
            .register(meters);
    this.groups =
        DistributionSummary.builder("scaffolder.git.group")
            .description("Changes that travelled together")
            .register(meters);
  }

  @Override
  public void execute(List<GroupCommit.PendingCommit> orders) {
    for (int attempt = 1; attempt <= config.attempts(); attempt++) {
      List<GroupCommit.PendingCommit> open =
          orders.stream().filter(GroupCommit.PendingCommit::isOpen).toList();
      if (open.isEmpty()) {
        return;
      }
      try {
        if (attempt(open)) {
          return;
        }
      } catch (GitopsException.Refused e) {
        if (open.size() == 1) {
          throw e;
        }
        // Of all or none the server wants none: each alone gets the answer that is its own.
        open.forEach(order -> executeAlone(order));
        return;
      }
      retries.increment();
      pause(attempt);
    }
    for (GroupCommit.PendingCommit order : orders) {
      if (order.isOpen()) {
        order.fail(
            new GitopsException.Unavailable(
                "%s moved %d times while %s was being written; nothing was written"
                    .formatted(
                        proposes ? RefNames.REQUESTS : "the branch " + config.branch(),
                        config.attempts(),
                        order.change().id()),
                null));
      }
    }
  }

  private void executeAlone(GroupCommit.PendingCommit order) {
    try {
      execute(List.of(order));
    } catch (GitopsException e) {
      order.fail(e);
    }
  }

  /** False when another writer moved a branch first. */
  private boolean attempt(List<GroupCommit.PendingCommit> orders) {
    // What a proposal is put on top of is not moved with it, so that must always be seen.
    Optional<Upstream.Session> unseen = proposes ? Optional.empty() : upstream.beginUnseen();
    return (unseen.isPresent() && write(orders, unseen.get(), false))
        || write(orders, upstream.begin(), true);
  }

  /**
   * Moves the refs for all orders, or gives up.
   *
   * @param seen whether it is sure that the refs stand there; if not, only a move of the branch
   *     proves what was made of them, and an answer without that is none
   */
  private boolean write(
      List<GroupCommit.PendingCommit> orders, Upstream.Session from, boolean seen) {
    try (Upstream.Session writing = from) {
      return reader.withRebuild(() -> {
        RepositoryView view = reader.view(writing.repository());
        Map<GroupCommit.PendingCommit, CommitResult> landings = new LinkedHashMap<>();
        try (CommitBatch batch = new CommitBatch(view, proposes, config, clock, requests)) {
          for (GroupCommit.PendingCommit order : orders) {
            if (!order.isOpen()) {
              continue;
            }
            try {
              landings.put(order, batch.add(order.change(), order.request()));
            } catch (RuntimeException e) {
              if (!seen) {
                LOG.debugf(e, "%s has to be seen", order.change().id());
                return false;
              }
              // Its own mistake, which is none of the others' business.
              order.fail(e);
            }
          }
          List<ReceiveCommand> moves = batch.moves();
          if (!seen && moves.stream().noneMatch(move -> move.getRefName().equals(branch))) {
            return false;
          }
          if (!moves.isEmpty()) {
            groups.record(landings.size());
            if (!writing.publish(moves)) {
              return false;
            }
          }
        }
        landings.forEach(GroupCommit.PendingCommit::complete);
        return true;
      });
    }
  }

  private void pause(int attempt) {
    // Short at first, doubling: most races are lost only once.
    long bound = Math.min(config.longestPause().toMillis(), 5L << Math.min(attempt, 20));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(bound + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitopsException.Unavailable("interrupted while waiting for another writer", e);
    }
  }
}
