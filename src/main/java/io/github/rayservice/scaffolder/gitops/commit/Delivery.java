package io.github.rayservice.scaffolder.gitops.commit;

import io.github.rayservice.scaffolder.gitops.index.Head;
import io.github.rayservice.scaffolder.gitops.index.Sight;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Landing;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
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
public final class Delivery implements GroupCommit.Courier {
  private static final Logger LOG = Logger.getLogger(Delivery.class);

  private final Upstream upstream;
  private final String branch;
  private final Sight sight;
  private final boolean proposes;
  private final GitopsConfig config;
  private final Clock clock;
  private final RequestLog requests;
  private final Counter retries;
  private final DistributionSummary groups;

  public Delivery(
      Upstream upstream,
      Sight sight,
      boolean proposes,
      GitopsConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.upstream = upstream;
    this.branch = Constants.R_HEADS + config.branch();
    this.sight = sight;
    this.proposes = proposes;
    this.config = config;
    this.clock = clock;
    this.requests = new RequestLog(clock, config.idempotencyRetention());
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
  public void deliver(List<GroupCommit.Order> orders) {
    for (int attempt = 1; attempt <= config.attempts(); attempt++) {
      List<GroupCommit.Order> open = orders.stream().filter(GroupCommit.Order::isOpen).toList();
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
        open.forEach(order -> deliverAlone(order));
        return;
      }
      retries.increment();
      pause(attempt);
    }
    for (GroupCommit.Order order : orders) {
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

  private void deliverAlone(GroupCommit.Order order) {
    try {
      deliver(List.of(order));
    } catch (GitopsException e) {
      order.fail(e);
    }
  }

  /** False when another writer moved a branch first. */
  private boolean attempt(List<GroupCommit.Order> orders) {
    // What a proposal is put on top of is not moved with it, so that must always be seen.
    Optional<Upstream.Writing> unseen = proposes ? Optional.empty() : upstream.beginUnseen();
    return (unseen.isPresent() && write(orders, unseen.get(), false))
        || write(orders, upstream.begin(), true);
  }

  /**
   * Moves the refs for all orders, or gives up.
   *
   * @param seen whether it is sure that the refs stand there; if not, only a move of the branch
   *     proves what was made of them, and an answer without that is none
   */
  private boolean write(List<GroupCommit.Order> orders, Upstream.Writing from, boolean seen) {
    try (Upstream.Writing writing = from) {
      return sight.carefully(() -> {
        Head head = sight.head(writing.repository());
        Map<GroupCommit.Order, Landing> landings = new LinkedHashMap<>();
        try (Batch batch = new Batch(head, proposes, config, clock, requests)) {
          for (GroupCommit.Order order : orders) {
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
            if (!writing.publish(moves, options(batch, landings))) {
              return false;
            }
          }
        }
        landings.forEach(GroupCommit.Order::complete);
        return true;
      });
    }
  }

  /** Push options go with a push, not with a branch: only who travels alone can use them. */
  private List<String> options(Batch batch, Map<GroupCommit.Order, Landing> landings)
      throws IOException {
    if (landings.size() != 1) {
      return List.of();
    }
    GroupCommit.Order order = landings.keySet().iterator().next();
    Optional<Proposal> proposal = batch.proposal(order.change().id());
    return proposal.isPresent() ? order.request().options().of(proposal.get()) : List.of();
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
