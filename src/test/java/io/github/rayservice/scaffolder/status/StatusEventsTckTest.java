package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.smallrye.mutiny.Multi;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Factory;

/**
 * The rules of Reactive Streams, by their own tests. The events of a store never end, so the tests
 * that need an end skip them, and have as many of the first events as they want.
 */
public class StatusEventsTckTest extends FlowPublisherVerification<StatusEvent> {
  /** What a subscriber receives. */
  public enum Start {
    /** All statuses. */
    SNAPSHOT,
    /** Changes after a position. */
    CHANGES,
    /** The first of all statuses, and then an end. */
    FIRST
  }

  private static final int PATIENCE_MILLIS = 2000;

  /** How long nothing must come, and how often to look for an error. */
  private static final int SILENCE_MILLIS = 50;

  /** Some rules are about a demand of 2^31 events, of which they read a few. */
  private static final int MOST = 100;

  private static final DesiredState ACCEPTED =
      new DesiredState(
          Optional.of(new DesiredState.Accepted("tree", Optional.empty(), SpecFingerprint.NONE)),
          Optional.empty());

  private final Start start;

  @Factory(dataProvider = "starts")
  public StatusEventsTckTest(Start start) {
    super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, SILENCE_MILLIS));
    this.start = start;
  }

  @DataProvider
  public static Object[] starts() {
    return Start.values();
  }

  @Override
  public long maxElementsFromPublisher() {
    return start == Start.FIRST ? MOST : publisherUnableToSignalOnComplete();
  }

  /** There is no store of which the events cannot be followed. */
  @Override
  public Flow.@Nullable Publisher<StatusEvent> createFailedFlowPublisher() {
    return null;
  }

  @Override
  public Flow.Publisher<StatusEvent> createFlowPublisher(long elements) {
    StatusStore statusStore = StatusStores.live();
    int events = (int) Math.min(elements, MOST);
    if (start != Start.CHANGES) {
      Map<RayServiceId, DesiredState> git = new HashMap<>();
      for (int i = 0; i < events; i++) {
        git.put(new RayServiceId("team-ml", "model-" + i), ACCEPTED);
      }
      statusStore.desired(git);
      Flow.Publisher<StatusEvent> all = statusStore.follow(Optional.empty(), id -> true);
      return start == Start.FIRST
          ? Multi.createFrom().publisher(all).select().first(elements)
          : all;
    }
    String position = position(statusStore);
    for (int i = 0; i < events; i++) {
      statusStore.desired(
          i % 2 == 0 ? Map.of(new RayServiceId("team-ml", "model"), ACCEPTED) : Map.of());
    }
    return statusStore.follow(Optional.of(position), id -> true);
  }

  /** Where its log ends. */
  private static String position(StatusStore statusStore) {
    CompletableFuture<String> position = new CompletableFuture<>();
    statusStore
        .follow(Optional.empty(), id -> true)
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(2);
              }

              @Override
              public void onNext(StatusEvent event) {
                if (event instanceof StatusEvent.Complete complete) {
                  position.complete(complete.position());
                }
              }

              @Override
              public void onError(Throwable problem) {
                position.completeExceptionally(problem);
              }

              @Override
              public void onComplete() {
                position.completeExceptionally(new AssertionError("a store never ends"));
              }
            });
    return position.join();
  }
}
