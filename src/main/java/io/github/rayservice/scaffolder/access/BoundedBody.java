package io.github.rayservice.scaffolder.access;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer that may be only so long. A longer one is an {@link IOException}, and its
 * connection is closed.
 */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
  private final HttpResponse.BodySubscriber<byte[]> collected =
      HttpResponse.BodySubscribers.ofByteArray();
  private final long limit;
  private long received;
  private Flow.@Nullable Subscription subscription;

  /**
   * Collects one answer.
   *
   * @param limit in bytes
   */
  BoundedBody(long limit) {
    this.limit = limit;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return collected.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription started) {
    subscription = started;
    collected.onSubscribe(started);
  }

  @Override
  public void onNext(List<ByteBuffer> part) {
    if (received > limit) {
      return;
    }
    received += part.stream().mapToLong(ByteBuffer::remaining).sum();
    if (received <= limit) {
      collected.onNext(part);
    } else {
      if (subscription != null) {
        subscription.cancel();
      }
      collected.onError(new IOException("the answer has more than %d bytes".formatted(limit)));
    }
  }

  @Override
  public void onError(Throwable e) {
    collected.onError(e);
  }

  @Override
  public void onComplete() {
    collected.onComplete();
  }
}
