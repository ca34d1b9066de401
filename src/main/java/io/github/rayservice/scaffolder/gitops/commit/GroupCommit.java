package io.github.rayservice.scaffolder.gitops.commit;

import io.github.rayservice.scaffolder.gitops.model.Attempt;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.Committed;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests that arrive while one group is under way travel together in the next. A request
 * alone goes at once, without waiting for others.
 */
public final class GroupCommit {
  /** One push of so many costs about what one costs alone; more only grow the pack. */
  private static final int LARGEST_GROUP = 128;

  /** One request on its way; each has an outcome of its own. */
  static final class PendingCommit {
    private final Change change;
    private final CommitRequest request;
    private final Optional<String> checkedTip;
    private @Nullable Attempt<Committed> result;
    private @Nullable RuntimeException failure;

    private PendingCommit(Change change, CommitRequest request, Optional<String> checkedTip) {
      this.change = change;
      this.request = request;
      this.checkedTip = checkedTip;
    }

    Change change() {
      return change;
    }

    CommitRequest request() {
      return request;
    }

    Optional<String> checkedTip() {
      return checkedTip;
    }

    void complete(Attempt<Committed> made) {
      result = made;
    }

    void fail(RuntimeException why) {
      failure = why;
    }

    boolean isOpen() {
      return result == null && failure == null;
    }

    private Optional<Attempt<Committed>> outcome() {
      if (failure != null) {
        throw failure;
      }
      return Optional.ofNullable(result);
    }
  }

  /** Gives every pending commit an outcome; called by one thread at a time. */
  interface Executor {
    void execute(List<PendingCommit> group);
  }

  private final Executor executor;
  private final Queue<PendingCommit> waiting = new ConcurrentLinkedQueue<>();

  /** Fair: the first come are the first served. */
  private final ReentrantLock underWay = new ReentrantLock(true);

  public GroupCommit(Executor executor) {
    this.executor = executor;
  }

  /**
   * Brings a change on its way and waits for its own outcome.
   *
   * @param checkedTip where the Ray Service's branch was when its merge request was looked up;
   *     empty when there was no branch
   * @throws GitopsException when it was not made
   */
  public Attempt<Committed> submit(
      Change change, CommitRequest request, Optional<String> checkedTip) {
    PendingCommit pending = new PendingCommit(change, request, checkedTip);
    waiting.add(pending);
    underWay.lock();
    try {
      while (pending.isOpen()) {
        execute(nextGroup());
      }
    } finally {
      underWay.unlock();
    }
    return pending.outcome().orElseThrow();
  }

  /** How many wait for the group that is under way. */
  public int waiting() {
    return waiting.size();
  }

  private void execute(List<PendingCommit> group) {
    try {
      executor.execute(group);
    } catch (RuntimeException | Error e) {
      // Whoever leads the group must not leave the others without an answer.
      RuntimeException reason =
          e instanceof RuntimeException known ? known : new IllegalStateException(e);
      group.stream().filter(PendingCommit::isOpen).forEach(pending -> pending.fail(reason));
      if (e instanceof Error error) {
        throw error;
      }
    }
  }

  private List<PendingCommit> nextGroup() {
    List<PendingCommit> group = new ArrayList<>();
    for (PendingCommit next = waiting.poll(); next != null; next = waiting.poll()) {
      group.add(next);
      if (group.size() == LARGEST_GROUP) {
        break;
      }
    }
    return group;
  }
}
