package io.github.rayservice.scaffolder.status;

import static java.util.Objects.requireNonNull;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The last changes, for subscribers that read at their own pace. A subscriber costs only the number
 * of its next change. If it falls behind the last {@value #KEPT} changes, or behind those of the
 * last {@value #KEPT_TEXT} characters, it starts again from all statuses, and no other subscriber
 * waits. Mutiny's broadcasts and Java's SubmissionPublisher buffer for each subscriber, and either
 * drop silently or make the publisher wait. The rules are those of <a
 * href="https://github.com/reactive-streams/reactive-streams-jvm">Reactive Streams</a>.
 */
final class StatusEventLog {
  /** Minutes of a busy cluster, at a few hundred bytes each beside what the store holds anyway. */
  static final int KEPT = 4096;

  /**
   * What models write is part of a status. Without this bound one model that writes something else
   * each second could fill the memory: {@value #KEPT} statuses may hold 100 times as much.
   */
  static final int KEPT_TEXT = 8 << 20;

  /** A change; without a status there is nothing of it any more. */
  private record Entry(RayServiceId id, @Nullable RayServiceStatus status) {
    int textLength() {
      return status == null ? 0 : status.textLength();
    }
  }

  /**
   * @param first number of the oldest change that is kept
   * @param last number of the newest change
   */
  private record View(PSortedMap<RayServiceId, RayServiceStatus> statuses, long first, long last) {
    /** Whether a subscriber that has had a change can go on with the next. */
    boolean follows(long sent) {
      return sent >= first - 1;
    }
  }

  /** Positions of another process mean nothing here. */
  private final String epoch = UUID.randomUUID().toString().substring(0, 8);

  private final @Nullable Entry[] ring = new Entry[KEPT];
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private final Executor executor;
  private volatile View view = new View(TreePMap.empty(), 1, 0);

  /** Characters of the changes that are kept. */
  private long text;

  StatusEventLog(Executor executor) {
    this.executor = executor;
  }

  PSortedMap<RayServiceId, RayServiceStatus> statuses() {
    return view.statuses();
  }

  void put(RayServiceStatus status) {
    add(new Entry(status.id(), status), view.statuses().plus(status.id(), status));
  }

  void remove(RayServiceId id) {
    add(new Entry(id, null), view.statuses().minus(id));
  }

  private void add(Entry change, PSortedMap<RayServiceId, RayServiceStatus> statuses) {
    synchronized (ring) {
      long number = view.last() + 1;
      long first = view.first();
      text += change.textLength();
      while (first < number && (number - first >= KEPT || text > KEPT_TEXT)) {
        int oldest = (int) (first++ % KEPT);
        text -= requireNonNull(ring[oldest]).textLength();
        ring[oldest] = null;
      }
      ring[(int) (number % KEPT)] = change;
      view = new View(statuses, first, number);
    }
    subscribers.forEach(Subscriber::wake);
  }

  int subscribers() {
    return subscribers.size();
  }

  /**
   * Publishes every change after a position. If the position is unknown or empty, every status
   * comes first.
   */
  Flow.Publisher<StatusEvent> after(Optional<String> position, Predicate<RayServiceId> concerned) {
    return subscriber -> {
      Subscriber subscription =
          new Subscriber(
              requireNonNull(subscriber), concerned, position.map(this::number).orElse(-1L));
      subscribers.add(subscription);
      subscription.start();
    };
  }

  private String position(long number) {
    return epoch + "-" + number;
  }

  private long number(String position) {
    if (!position.matches(epoch + "-[0-9]{1,18}")) {
      return -1;
    }
    long number = Long.parseLong(position.substring(epoch.length() + 1));
    return number <= view.last() ? number : -1;
  }

  private final class Subscriber implements Flow.Subscription {
    private final Flow.Subscriber<? super StatusEvent> subscriber;
    private final Predicate<RayServiceId> concerned;

    /** Calls of {@link #wake} that no run has seen to; the first is the subscription itself. */
    private final AtomicInteger work = new AtomicInteger(1);

    private final AtomicLong demand = new AtomicLong();

    /** A demand that is none. */
    private volatile OptionalLong refused = OptionalLong.empty();

    private volatile boolean cancelled;

    /** Number of the last change that was sent; negative when every status must be sent. */
    private long sent;

    private @Nullable Iterator<RayServiceStatus> snapshot;

    Subscriber(
        Flow.Subscriber<? super StatusEvent> subscriber,
        Predicate<RayServiceId> concerned,
        long sent) {
      this.subscriber = subscriber;
      this.concerned = concerned;
      this.sent = sent;
    }

    /** Nothing is sent before the subscriber has its subscription (rule 1.3). */
    void start() {
      subscriber.onSubscribe(this);
      if (work.decrementAndGet() != 0) {
        executor.execute(this::run);
      }
    }

    @Override
    public void request(long n) {
      if (n > 0) {
        demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
      } else {
        refused = OptionalLong.of(n);
      }
      wake();
    }

    @Override
    public void cancel() {
      cancelled = true;
      subscribers.remove(this);
    }

    /** One run at a time; a wake-up during a run makes another one. */
    void wake() {
      if (work.getAndIncrement() == 0) {
        executor.execute(this::run);
      }
    }

    private void run() {
      int wakes = 1;
      while (wakes != 0) {
        try {
          send();
        } catch (RuntimeException | Error e) {
          // Rule 2.13: a subscriber that throws has cancelled.
          cancel();
          throw e;
        }
        wakes = work.addAndGet(-wakes);
      }
    }

    private void send() {
      while (!cancelled && (demand.get() > 0 || refused.isPresent())) {
        if (refused.isPresent()) {
          cancel();
          subscriber.onError(
              new IllegalArgumentException(
                  "asked for "
                      + refused.getAsLong()
                      + " events, which must be more than 0 (rule 3.9 of Reactive Streams)"));
          return;
        }
        Optional<StatusEvent> event = next();
        if (event.isEmpty()) {
          return;
        }
        demand.decrementAndGet();
        subscriber.onNext(event.get());
      }
    }

    private Optional<StatusEvent> next() {
      if (snapshot == null && (sent < 0 || !view.follows(sent))) {
        View now = view;
        sent = now.last();
        snapshot = now.statuses().values().iterator();
        return Optional.of(new StatusEvent.Reset());
      }
      if (snapshot != null) {
        while (snapshot.hasNext()) {
          RayServiceStatus status = snapshot.next();
          if (concerned.test(status.id())) {
            // There is no position: a subscriber that leaves now must start again.
            return Optional.of(new StatusEvent.Updated(Optional.empty(), status));
          }
        }
        snapshot = null;
        return Optional.of(new StatusEvent.Complete(position(sent)));
      }
      synchronized (ring) {
        while (sent < view.last() && view.follows(sent)) {
          Entry change = requireNonNull(ring[(int) (++sent % KEPT)]);
          if (concerned.test(change.id())) {
            return Optional.of(event(change));
          }
        }
      }
      return sent == view.last() ? Optional.empty() : next();
    }

    private StatusEvent event(Entry change) {
      return change.status() == null
          ? new StatusEvent.Deleted(position(sent), change.id())
          : new StatusEvent.Updated(Optional.of(position(sent)), change.status());
    }
  }
}
