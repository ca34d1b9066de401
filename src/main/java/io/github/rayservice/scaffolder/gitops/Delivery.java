package io.github.rayservice.scaffolder.gitops;

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
import org.eclipse.jgit.transport.ReceiveCommand;

/**
 * Brings a group of changes to the upstream. Whoever loses a race looks again and applies his
 * changes to what is there now, a bounded number of times.
 */
final class Delivery implements GroupCommit.Courier {
  private final Upstream upstream;
  private final Sight sight;
  private final boolean proposes;
  private final GitopsConfig config;
  private final Clock clock;
  private final RequestLog requests;
  private final Counter retries;
  private final DistributionSummary groups;

  Delivery(
      Upstream upstream,
      Sight sight,
      boolean proposes,
      GitopsConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.upstream = upstream;
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
                        proposes ? RequestLog.REF : "the branch " + config.branch(),
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
    try (Upstream.Writing writing = upstream.begin()) {
      return sight.carefully(() -> {
        Head head = sight.head(writing.repository());
        Map<GroupCommit.Order, Landing> landings = new LinkedHashMap<>();
        try (Batch batch = new Batch(head, proposes, config, clock, requests)) {
          for (GroupCommit.Order order : orders) {
            if (order.isOpen()) {
              add(batch, order, landings);
            }
          }
          List<ReceiveCommand> moves = batch.moves();
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

  private static void add(
      Batch batch, GroupCommit.Order order, Map<GroupCommit.Order, Landing> landings)
      throws IOException {
    try {
      landings.put(order, batch.add(order.change(), order.request()));
    } catch (RuntimeException e) {
      // Its own mistake, which is none of the others' business.
      order.fail(e);
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
