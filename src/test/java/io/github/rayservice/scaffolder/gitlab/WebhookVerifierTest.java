package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-24T05:00:00Z");
  private static final String EVENT =
      """
      {"object_kind": "merge_request", "user": {"name": "ann"},
       "project": {"path_with_namespace": "platform/gitops", "id": 1},
       "object_attributes": {"source_branch": "rayservice/team-ml/x", "target_branch": "main",
         "action": "merge", "last_commit": {"id": "abc"}}}
      """;

  private final WebhookVerifier signed =
      webhooks(Map.of("scaffolder.gitlab.webhook.signing-token", WebhookHeaders.SIGNING_TOKEN));

  private final WebhookVerifier both =
      webhooks(
          Map.of(
              "scaffolder.gitlab.webhook.signing-token",
              WebhookHeaders.SIGNING_TOKEN,
              "scaffolder.gitlab.webhook.secret-token",
              WebhookHeaders.SECRET_TOKEN));

  private static WebhookVerifier webhooks(Map<String, String> settings) {
    return new WebhookVerifier(GitlabFixture.config(settings), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static Optional<WebhookEvent> read(
      WebhookVerifier verifier, Map<String, String> headers, String body) throws IOException {
    return verifier.read(headers::get, new ByteArrayInputStream(body.getBytes(UTF_8)));
  }

  private static Map<String, String> headers(String id, Instant time) {
    return new HashMap<>(WebhookHeaders.signed(id, time, EVENT.getBytes(UTF_8)));
  }

  @Test
  void aSignedDeliveryIsRead() throws IOException {
    WebhookEvent event = read(signed, headers("a", NOW), EVENT).orElseThrow();

    assertThat(event.isOf("platform/gitops", Optional.empty())).isTrue();
    assertThat(event.objectAttributes())
        .isEqualTo(new WebhookEvent.MergeRequestChange("rayservice/team-ml/x", "main", null, null));
  }

  @Test
  void aDeliveryWithoutABodyIsNoneOfGitlabs() {
    Map<String, String> signature = WebhookHeaders.signed("a", NOW, new byte[0]);

    assertThatThrownBy(() -> read(signed, signature, "")).hasMessage("the body is empty");
    assertThatThrownBy(() -> read(both, Map.of("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN), ""))
        .hasMessage("the body is empty");
    assertThatThrownBy(() -> read(both, Map.of(), "")).isInstanceOf(WebhookException.Denied.class);
  }

  /** The example of the specification, because all other tests compute signatures themselves. */
  @Test
  void theExampleOfStandardWebhooksIsAccepted() throws IOException {
    WebhookVerifier verifier =
        new WebhookVerifier(
            GitlabFixture.config(
                Map.of(
                    "scaffolder.gitlab.webhook.signing-token",
                    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
            Clock.fixed(Instant.ofEpochSecond(1614265330), ZoneOffset.UTC));
    Map<String, String> example =
        Map.of(
            "webhook-id",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp",
            "1614265330",
            "webhook-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    assertThat(read(verifier, example, "{\"test\": 2432232314}")).isPresent();
  }

  @Test
  void oneValidSignatureAmongSeveralIsEnough() throws IOException {
    Map<String, String> headers = headers("a", NOW);
    headers.merge("webhook-signature", "v1,AAAA v2,whatever ", (right, other) -> other + right);

    assertThat(read(signed, headers, EVENT)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(longs = {-301, 301, -86_400})
  void aTimestampOutsideTheWindowIsRejected(long seconds) {
    assertThatThrownBy(() -> read(signed, headers("a", NOW.plusSeconds(seconds)), EVENT))
        .isInstanceOf(WebhookException.Denied.class)
        .hasMessageContaining("webhook-timestamp is more than 5 minutes");
  }

  @ParameterizedTest
  @ValueSource(longs = {-300, 0, 300})
  void aTimestampInsideTheWindowIsAccepted(long seconds) throws IOException {
    assertThat(read(signed, headers("a", NOW.plusSeconds(seconds)), EVENT)).isPresent();
  }

  @Test
  void aReplayedIdHasNoEffect() throws IOException {
    assertThat(read(signed, headers("a", NOW), EVENT)).isPresent();
    assertThat(read(signed, headers("a", NOW.plusSeconds(9)), EVENT)).isEmpty();
    assertThat(read(signed, headers("b", NOW), EVENT)).isPresent();
  }

  @Test
  void aRejectedDeliveryDoesNotUseUpItsId() throws IOException {
    assertThatThrownBy(() -> read(signed, headers("a", NOW), EVENT + " "))
        .isInstanceOf(WebhookException.Denied.class);

    assertThat(read(signed, headers("a", NOW), EVENT)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
  void aDeliveryWithoutOneOfItsHeadersIsRejected(String header) {
    Map<String, String> headers = headers("a", NOW);
    headers.remove(header);
    headers.put("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN);

    assertThatThrownBy(() -> read(signed, headers, EVENT))
        .isInstanceOf(WebhookException.Denied.class)
        .hasMessageContaining(header);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v1", "v1,", "v1,AAAA", "v1,%%%", "AAAA", "v2,AAAA"})
  void aWrongSignatureIsRejectedEvenWithTheRightToken(String wrong) {
    Map<String, String> headers = headers("a", NOW);
    headers.put("webhook-signature", wrong);
    headers.put("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN);

    assertThatThrownBy(() -> read(both, headers, EVENT))
        .isInstanceOf(WebhookException.Denied.class)
        .hasMessageContaining("webhook-signature");
  }

  @Test
  void anUnsignedDeliveryIsVerifiedByItsToken() throws IOException {
    assertThat(read(both, Map.of("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN), EVENT))
        .isPresent();
    assertThatThrownBy(() -> read(both, Map.of("X-Gitlab-Token", "other"), EVENT))
        .isInstanceOf(WebhookException.Denied.class);
    assertThatThrownBy(() -> read(both, Map.of(), EVENT))
        .isInstanceOf(WebhookException.Denied.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "7", "{", "\u0000", "{\"object_kind\": {}}", "{} trailing"})
  void aBodyThatIsNoEventIsIgnored(String body) throws IOException {
    Map<String, String> headers = WebhookHeaders.signed("a", NOW, body.getBytes(UTF_8));

    Optional<WebhookEvent> event = read(signed, headers, body);

    assertThat(event.map(WebhookEvent::objectKind)).isEmpty();
  }

  /** The field is one that is kept; without a key nobody can tell before the last byte. */
  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": \"", "{\"ref\": \"", "{\"", "[[[["})
  void anEndlessBodyIsCutOffAndNeverBuffered(String start) {
    Map<String, String> proved = Map.of("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN);
    Map<String, String> forged = headers("a", NOW);

    for (Map<String, String> headers : List.of(proved, forged)) {
      Endless body = new Endless(start, 'x');
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();

      assertThatThrownBy(() -> both.read(headers::get, body))
          .isInstanceOf(WebhookException.TooLarge.class);

      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4_000_000);
      assertThat(body.read).isBetween(25_000_000L, 26_000_000L);
    }
  }

  @Test
  void aLongTextThatIsPassedOverIsNoReasonToLoseAnEvent() throws IOException {
    String event =
        EVENT.replace("\"ann\"", "\"ann\", \"description\": \"" + "long ".repeat(200_000) + "\"");
    Map<String, String> headers = WebhookHeaders.signed("a", NOW, event.getBytes(UTF_8));

    assertThat(read(signed, headers, event).orElseThrow().isOf("platform/gitops", Optional.empty()))
        .isTrue();
  }

  @Test
  void onlySomeBodiesAreReadAtATime() throws Exception {
    Map<String, String> headers = Map.of("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN);
    CountDownLatch reading = new CountDownLatch(WebhookVerifier.MAX_BODIES);
    CountDownLatch goOn = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<WebhookEvent>>> slow =
          IntStream.range(0, WebhookVerifier.MAX_BODIES)
              .mapToObj(n ->
                  threads.submit(() -> both.read(headers::get, new Waiting(EVENT, reading, goOn))))
              .toList();
      reading.await();

      assertThatThrownBy(() -> read(both, headers, EVENT))
          .isInstanceOf(WebhookException.TooMany.class);

      goOn.countDown();
      for (Future<Optional<WebhookEvent>> one : slow) {
        assertThat(one.get()).isPresent();
      }
    }
    assertThat(read(both, headers, EVENT)).isPresent();
  }

  @Test
  void aBodyThatArrivesByteByByteIsGivenUp() {
    AtomicInteger reads = new AtomicInteger();
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return NOW.plusSeconds(reads.get());
          }
        };
    InputStream trickle =
        new InputStream() {
          @Override
          public int read() {
            reads.incrementAndGet();
            return ' ';
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            buffer[offset] = (byte) read();
            return 1;
          }
        };
    WebhookVerifier slow =
        new WebhookVerifier(
            GitlabFixture.config(
                Map.of("scaffolder.gitlab.webhook.secret-token", WebhookHeaders.SECRET_TOKEN)),
            clock);

    assertThatThrownBy(
            () -> slow.read(Map.of("X-Gitlab-Token", WebhookHeaders.SECRET_TOKEN)::get, trickle))
        .isInstanceOf(WebhookException.TooSlow.class)
        .hasMessage("the body has not arrived after 20 seconds");
    assertThat(reads).hasValue(21);
  }

  /** A body whose first byte waits. */
  private static final class Waiting extends ByteArrayInputStream {
    private final CountDownLatch reading;
    private final CountDownLatch goOn;

    Waiting(String body, CountDownLatch reading, CountDownLatch goOn) {
      super(body.getBytes(UTF_8));
      this.reading = reading;
      this.goOn = goOn;
    }

    @Override
    public synchronized int read(byte[] buffer, int offset, int length) {
      reading.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return super.read(buffer, offset, length);
    }
  }

  /** Begins like this, and never ends. */
  private static final class Endless extends InputStream {
    private final byte[] start;
    private final char more;
    private long read;

    Endless(String start, char more) {
      this.start = start.getBytes(UTF_8);
      this.more = more;
    }

    @Override
    public int read() {
      int next = read < start.length ? start[(int) read] : more;
      read++;
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (read < start.length) {
        buffer[offset] = (byte) read();
        return 1;
      }
      Arrays.fill(buffer, offset, offset + length, (byte) more);
      read += length;
      return length;
    }
  }

  @Test
  void anInvalidSigningTokenIsReportedWithoutItsValue() {
    assertThatThrownBy(
            () -> webhooks(Map.of("scaffolder.gitlab.webhook.signing-token", "hunter2-secret!")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("scaffolder.gitlab.webhook.signing-token must be")
        .message()
        .doesNotContain("hunter2");
  }
}
