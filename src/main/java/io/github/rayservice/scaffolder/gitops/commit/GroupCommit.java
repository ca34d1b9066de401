package io.github.rayservice.scaffolder.gitops.commit;

import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.ChangeRequest;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Landing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests that arrive while one group is under way travel together in the next. A request
 * alone goes at once: nobody waits for company.
 */
public final class GroupCommit {
  /** One push of so many costs about what one costs alone; more only grow the pack. */
  private static final int LARGEST_GROUP = 128;

  /** One request on its way; each has an outcome of its own. */
  static final class Order {
    private final Change change;
    private final ChangeRequest request;
    private @Nullable Landing landing;
    private @Nullable RuntimeException failure;

    private Order(Change change, ChangeRequest request) {
      this.change = change;
      this.request = request;
    }

    Change change() {
      return change;
    }

    ChangeRequest request() {
      return request;
    }

    void complete(Landing where) {
      landing = where;
    }

    void fail(RuntimeException why) {
      failure = why;
    }

    boolean isOpen() {
      return landing == null && failure == null;
    }

    private Optional<Landing> outcome() {
      if (failure != null) {
        throw failure;
      }
      return Optional.ofNullable(landing);
    }
  }

  /** Gives every order an outcome; called by one thread at a time. */
  interface Courier {
    void deliver(List<Order> group);
  }

  private final Courier courier;
  private final Queue<Order> waiting = new ConcurrentLinkedQueue<>();

  /** Fair: the first come are the first served. */
  private final ReentrantLock underWay = new ReentrantLock(true);

  public GroupCommit(Courier courier) {
    this.courier = courier;
  }

  /**
   * Brings a change on its way and waits for its own outcome.
   *
   * @throws GitopsException when it was not made
   */
  public Landing submit(Change change, ChangeRequest request) {
    Order order = new Order(change, request);
    waiting.add(order);
    underWay.lock();
    try {
      while (order.isOpen()) {
        deliver(nextGroup());
      }
    } finally {
      underWay.unlock();
    }
    return order.outcome().orElseThrow();
  }

  /** How many wait for the group that is under way. */
  public int waiting() {
    return waiting.size();
  }

  private void deliver(List<Order> group) {
    try {
      courier.deliver(group);
    } catch (RuntimeException | Error e) {
      // Whoever leads the group must not leave the others without an answer.
      RuntimeException reason =
          e instanceof RuntimeException known ? known : new IllegalStateException(e);
      group.stream().filter(Order::isOpen).forEach(order -> order.fail(reason));
      if (e instanceof Error error) {
        throw error;
      }
    }
  }

  private List<Order> nextGroup() {
    List<Order> group = new ArrayList<>();
    for (Order next = waiting.poll(); next != null; next = waiting.poll()) {
      group.add(next);
      if (group.size() == LARGEST_GROUP) {
        break;
      }
    }
    return group;
  }
}
