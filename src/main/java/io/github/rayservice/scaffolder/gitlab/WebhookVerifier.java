package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import javax.crypto.Mac;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Verifies webhook deliveries: by their signature, as Standard Webhooks specifies it, or, for a
 * GitLab that does not sign, by the secret token.
 */
@ApplicationScoped
public class WebhookVerifier {
  /** GitLab's own limit, in bytes. */
  static final int MAX_BODY_BYTES = 25_000_000;

  /** How many bodies are read at a time: GitLab sends one after the other for each webhook. */
  static final int MAX_BODIES = 16;

  /** How long one body may take to arrive. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Maximum difference between a signed delivery's timestamp and this service's clock. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /** More deliveries than a GitLab sends within the window; the oldest ids are evicted first. */
  private static final int MAX_IDS = 100_000;

  private static final Logger LOG = Logger.getLogger(WebhookVerifier.class);

  /**
   * The proof is complete with the last byte, and GitLab's bodies are too large to keep until then.
   * So the document is read while it is hashed, and no more is kept of it than a few short texts.
   * Texts that are passed over, such as descriptions, may be of any length.
   */
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(4096)
                          .maxNameLength(1024)
                          .maxNumberLength(100)
                          .maxNestingDepth(100)
                          .build())
                  .build())
          // The signature covers the whole body, so the stream is read on behind the document.
          .disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(WebhookEvent.class);

  private final Optional<byte[]> secretToken;
  private final Optional<byte[]> signingKey;
  private final Clock clock;
  private final Semaphore bodies = new Semaphore(MAX_BODIES);

  /**
   * Ids of accepted deliveries. A timestamp may be one window ahead of this clock and is valid
   * until it is one window behind, so ids are kept for two windows.
   */
  private final Cache<String, Boolean> acceptedIds =
      Caffeine.newBuilder().maximumSize(MAX_IDS).expireAfterWrite(WINDOW.multipliedBy(2)).build();

  public WebhookVerifier(GitlabConfig config, Clock clock) {
    this.secretToken = config.webhook().secretToken().map(token -> token.getBytes(UTF_8));
    this.signingKey = config.webhook().signingToken().map(WebhookVerifier::key);
    this.clock = clock;
  }

  private static byte[] key(String token) {
    try {
      byte[] key = Base64.getDecoder().decode(token.strip().replaceFirst("^whsec_", ""));
      if (key.length >= 16) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // The message of the decoder quotes the token.
      LOG.debug("the signing token is not Base64");
    }
    throw new IllegalStateException(
        "scaffolder.gitlab.webhook.signing-token must be the signing token that GitLab shows for the webhook: whsec_ and at least 16 bytes as Base64");
  }

  /** Whether a secret token or a signing token is configured. */
  public boolean isConfigured() {
    return secretToken.isPresent() || signingKey.isPresent();
  }

  /**
   * Verifies and reads a delivery as a stream, without keeping its body in memory.
   *
   * @param header the value of a header; null when it is absent
   * @return the event; empty when the delivery was accepted before or its body is not an event
   * @throws WebhookException.Denied when neither signature nor token is valid
   * @throws WebhookException.Empty when it is verified and has no body
   * @throws WebhookException.TooLarge for a body above 25 MB
   * @throws WebhookException.TooSlow for a body that has not arrived after 20 seconds
   * @throws WebhookException.TooMany while 16 other bodies are being read
   * @throws IOException when the body ends too early
   */
  public Optional<WebhookEvent> read(Function<String, @Nullable String> header, InputStream body)
      throws IOException {
    Optional<WebhookSignature> signature = signature(header);
    if (signature.isEmpty()) {
      requireToken(header);
    }
    Optional<WebhookEvent> event = readBody(body, signature);
    if (signature.isPresent()) {
      if (acceptedIds.asMap().putIfAbsent(signature.get().id(), true) != null) {
        return Optional.empty();
      }
    }
    return event;
  }

  private Optional<WebhookEvent> readBody(InputStream body, Optional<WebhookSignature> signature)
      throws IOException {
    if (!bodies.tryAcquire()) {
      throw new WebhookException.TooMany();
    }
    try {
      BoundedBody bounded = new BoundedBody(body, signature.map(WebhookSignature::hash), clock);
      Optional<WebhookEvent> event = parse(bounded);
      bounded.transferTo(OutputStream.nullOutputStream());
      signature.ifPresent(WebhookSignature::requireMatch);
      if (bounded.count == 0) {
        throw new WebhookException.Empty();
      }
      return event;
    } finally {
      bodies.release();
    }
  }

  /**
   * Empty when the secret token decides. When both are configured and a signature is sent, the
   * signature decides; there is no fallback to the token.
   */
  private Optional<WebhookSignature> signature(Function<String, @Nullable String> header) {
    String signatures = header.apply(WebhookSignature.HEADER);
    if (signingKey.isEmpty() || (signatures == null && secretToken.isPresent())) {
      return Optional.empty();
    }
    WebhookSignature signature =
        WebhookSignature.of(
            header.apply(WebhookSignature.ID),
            header.apply(WebhookSignature.TIME),
            signatures,
            signingKey.get());
    Duration distance = Duration.between(signature.time(), Instant.now(clock)).abs();
    if (distance.compareTo(WINDOW) > 0) {
      throw new WebhookException.Denied(
          "%s is more than %d minutes from this service's time"
              .formatted(WebhookSignature.TIME, WINDOW.toMinutes()));
    }
    return Optional.of(signature);
  }

  private void requireToken(Function<String, @Nullable String> header) {
    String token = header.apply("X-Gitlab-Token");
    if (secretToken.isEmpty()
        || token == null
        || !MessageDigest.isEqual(token.getBytes(UTF_8), secretToken.get())) {
      throw new WebhookException.Denied(
          "the delivery has neither the signature nor the secret token of the webhook");
    }
  }

  private static Optional<WebhookEvent> parse(InputStream body) throws IOException {
    try {
      return Optional.ofNullable(JSON.readValue(body));
    } catch (JacksonException e) {
      LOG.debug("the body of a webhook delivery is not an event", e);
      return Optional.empty();
    }
  }

  /** Limits and hashes the bytes that are read. */
  private static final class BoundedBody extends InputStream {
    private final InputStream body;
    private final Optional<Mac> hash;
    private final Clock clock;
    private final Instant end;
    private long count;

    BoundedBody(InputStream body, Optional<Mac> hash, Clock clock) {
      this.body = body;
      this.hash = hash;
      this.clock = clock;
      this.end = clock.instant().plus(PATIENCE);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = body.read(buffer, offset, length);
      // A sender that gives one byte at a time would hold a thread for as long as it likes.
      if (clock.instant().isAfter(end)) {
        throw new WebhookException.TooSlow();
      }
      if (read > 0) {
        count += read;
        if (count > MAX_BODY_BYTES) {
          throw new WebhookException.TooLarge();
        }
        hash.ifPresent(h -> h.update(buffer, offset, read));
      }
      return read;
    }
  }
}
