package io.github.rayservice.scaffolder.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** Rules of Reactive Streams that their own tests leave out ({@link StatusEventsTckTest}). */
class StatusEventLogTest {
  private final StatusEventLog log = new StatusEventLog(Runnable::run);

  /** Notes what it is told; what it does with an event is the case's. */
  private abstract static class Subscriber implements Flow.Subscriber<StatusEvent> {
    final List<Throwable> errors = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onError(Throwable problem) {
      errors.add(problem);
    }

    @Override
    public void onComplete() {
      throw new AssertionError("a log never ends");
    }
  }

  private void follow(Flow.Subscriber<StatusEvent> subscriber) {
    log.after(Optional.empty(), id -> true).subscribe(subscriber);
  }

  /** Rule 1.3. */
  @Test
  void noErrorIsToldWhileAnEventIs() {
    List<Throwable> during = new ArrayList<>();
    Subscriber subscriber =
        new Subscriber() {
          @Override
          public void onNext(StatusEvent event) {
            subscription.request(0);
            during.addAll(errors);
          }
        };

    follow(subscriber);

    assertThat(during).isEmpty();
    assertThat(subscriber.errors)
        .singleElement()
        .isInstanceOf(IllegalArgumentException.class)
        .extracting(Throwable::getMessage)
        .asString()
        .contains("0 events", "rule 3.9");
    assertThat(log.subscribers()).isZero();
  }

  /** Rule 2.13. */
  @Test
  void aSubscriberThatThrowsIsForgotten() {
    assertThatThrownBy(() ->
            follow(
                new Subscriber() {
                  @Override
                  public void onNext(StatusEvent event) {
                    throw new IllegalStateException("broken");
                  }
                }))
        .hasMessage("broken");
    assertThat(log.subscribers()).isZero();

    log.remove(new RayServiceId("team-ml", "model"));
  }

  /** Rule 1.9. */
  @Test
  @SuppressWarnings("NullAway") // what it refuses is what is tested
  void noSubscriberIsNotCounted() {
    assertThatThrownBy(() -> follow(null)).isInstanceOf(NullPointerException.class);

    assertThat(log.subscribers()).isZero();
  }
}
