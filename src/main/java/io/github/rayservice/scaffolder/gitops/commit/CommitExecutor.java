package io.github.rayservice.scaffolder.gitops.commit;

import io.github.rayservice.scaffolder.gitops.index.RepositoryReader;
import io.github.rayservice.scaffolder.gitops.index.RepositoryView;
import io.github.rayservice.scaffolder.gitops.model.Attempt;
import io.github.rayservice.scaffolder.gitops.model.Committed;
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
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jgit.transport.ReceiveCommand;

/**
 * Brings a group of changes to the upstream. A process that loses a race looks again and applies
 * its changes to what is there now, a bounded number of times.
 */
public final class CommitExecutor implements GroupCommit.Executor {
  private final Upstream upstream;
  private final RepositoryReader reader;
  private final boolean proposes;
  private final GitopsConfig config;
  private final Clock clock;
  private final IdempotencyStore requests;
  private final WrittenTips writtenTips;
  private final Counter retries;
  private final DistributionSummary groups;

  public CommitExecutor(
      Upstream upstream,
      RepositoryReader reader,
      boolean proposes,
      GitopsConfig config,
      EntryMac mac,
      Clock clock,
      MeterRegistry meters) {
    this.upstream = upstream;
    this.reader = reader;
    this.proposes = proposes;
    this.config = config;
    this.clock = clock;
    this.requests = new IdempotencyStore(clock, config.idempotencyRetention(), mac);
    this.writtenTips = new WrittenTips(mac);
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
  public void execute(List<GroupCommit.PendingCommit> group) {
    for (int attempt = 1; attempt <= config.attempts(); attempt++) {
      List<GroupCommit.PendingCommit> open =
          group.stream().filter(GroupCommit.PendingCommit::isOpen).toList();
      if (open.isEmpty()) {
        return;
      }
      try {
        if (attempt(open)) {
          return;
        }
      } catch (GitopsException.Refused | GitopsException.Oversized e) {
        if (open.size() == 1) {
          throw e;
        }
        // The push is atomic, so one bad change rejects the whole group. Each alone finds it.
        open.forEach(pending -> executeAlone(pending));
        return;
      }
      retries.increment();
      pause(attempt);
    }
    for (GroupCommit.PendingCommit pending : group) {
      if (pending.isOpen()) {
        pending.fail(
            new GitopsException.Unavailable(
                "%s moved %d times while %s was being written; nothing was written"
                    .formatted(
                        proposes ? RefNames.REQUESTS : "the branch " + config.branch(),
                        config.attempts(),
                        pending.change().id()),
                null));
      }
    }
  }

  private void executeAlone(GroupCommit.PendingCommit pending) {
    try {
      execute(List.of(pending));
    } catch (GitopsException e) {
      pending.fail(e);
    }
  }

  /** False when another writer moved a branch first. */
  private boolean attempt(List<GroupCommit.PendingCommit> group) {
    try (Upstream.Session session = upstream.begin()) {
      return reader.withRebuild(() -> {
        RepositoryView view = reader.view(session.repository());
        Map<GroupCommit.PendingCommit, Attempt<Committed>> results = new LinkedHashMap<>();
        try (CommitBatch batch =
            new CommitBatch(view, proposes, config, clock, requests, writtenTips)) {
          for (GroupCommit.PendingCommit pending : group) {
            if (!pending.isOpen()) {
              continue;
            }
            try {
              results.put(
                  pending, batch.add(pending.change(), pending.request(), pending.checkedTip()));
            } catch (RuntimeException e) {
              // The others travel without it.
              pending.fail(e);
            }
          }
          List<ReceiveCommand> moves = batch.moves();
          if (!moves.isEmpty()) {
            groups.record(results.size());
            if (!session.publish(moves)) {
              return false;
            }
          }
        }
        results.forEach(GroupCommit.PendingCommit::complete);
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
