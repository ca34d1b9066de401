package io.github.rayservice.scaffolder.status;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** Many readers of the same stream, each on a connection of its own. */
final class Crowd implements AutoCloseable {
  private record Awaited(String words, CountDownLatch seen) {}

  private static final int PATIENCE_SECONDS = 60;

  /** By default it asks for HTTP/2 first, on connections that are then shared. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final int size;
  private volatile Awaited awaited = new Awaited("\n", new CountDownLatch(0));

  /** Returns once all are answered. */
  Crowd(HttpRequest request, int size) {
    this.size = size;
    List<CompletableFuture<?>> answers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      CompletableFuture<Boolean> answered = new CompletableFuture<>();
      CompletableFuture<?> ended =
          http.sendAsync(
              request,
              head -> {
                answered.complete(head.statusCode() == 200);
                return HttpResponse.BodySubscribers.fromLineSubscriber(new Reader());
              });
      answers.add(answered.applyToEither(ended.thenApply(end -> false), yes -> yes));
    }
    for (CompletableFuture<?> answer : answers) {
      if (!Boolean.TRUE.equals(answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join())) {
        throw new IllegalStateException(request + " was refused");
      }
    }
  }

  /** Does something and waits until everybody has read these words. */
  void await(String words, Runnable cause) throws InterruptedException {
    CountDownLatch seen = new CountDownLatch(size);
    awaited = new Awaited(words, seen);
    cause.run();
    if (!seen.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "%d of %d readers did not read %s".formatted(seen.getCount(), size, words));
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private final class Reader implements Flow.Subscriber<String> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      Awaited now = awaited;
      if (line.contains(now.words())) {
        now.seen().countDown();
      }
    }

    @Override
    public void onError(Throwable problem) {
      // The reader misses what is awaited next, which is reported there.
    }

    @Override
    public void onComplete() {}
  }
}
