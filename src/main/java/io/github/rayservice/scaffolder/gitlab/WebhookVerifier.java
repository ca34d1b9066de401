package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
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
import java.util.function.Function;
import javax.crypto.Mac;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells GitLab's webhook deliveries from anybody else's. A delivery is proved by its signature, as
 * Standard Webhooks defines it, or, from a GitLab that does not sign, by the secret token.
 */
@ApplicationScoped
public class WebhookVerifier {
  /** GitLab's own limit, in bytes. */
  static final int LARGEST = 25_000_000;

  /** How far a signed delivery's time may be from ours, either way. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /** More deliveries than any GitLab makes in the window; the oldest are forgotten first. */
  private static final int MOST_REMEMBERED = 100_000;

  private static final Logger LOG = Logger.getLogger(WebhookVerifier.class);

  private static final ObjectReader JSON =
      JsonMapper.builder()
          // What follows the document is signed, too, and is read for that.
          .disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(WebhookEvent.class);

  private final Optional<byte[]> secretToken;
  private final Optional<byte[]> signingKey;
  private final Clock clock;

  /** Ids of deliveries that were taken, for as long as their signatures are believed. */
  private final Cache<String, Boolean> taken =
      Caffeine.newBuilder()
          .maximumSize(MOST_REMEMBERED)
          .expireAfterWrite(WINDOW.multipliedBy(2))
          .build();

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
      LOG.debug("no Base64");
    }
    throw new IllegalStateException(
        "scaffolder.gitlab.webhook.signing-token must be the signing token that GitLab shows for the webhook: whsec_ and at least 16 bytes as Base64");
  }

  /** Whether deliveries can be proved at all. */
  public boolean isConfigured() {
    return secretToken.isPresent() || signingKey.isPresent();
  }

  /**
   * Reads a delivery without ever holding its whole body.
   *
   * @param header looks a header up; null when there is none
   * @return what it tells; empty when it tells nothing: it was taken before, or is no JSON that
   *     makes sense
   * @throws WebhookException.Denied when nothing proves that it comes from GitLab
   * @throws WebhookException.TooLarge for a body above 25 MB
   * @throws IOException when the body breaks off
   */
  public Optional<WebhookEvent> read(Function<String, @Nullable String> header, InputStream body)
      throws IOException {
    Optional<WebhookSignature> signature = signature(header);
    if (signature.isEmpty()) {
      requireToken(header);
    }
    BoundedBody read = new BoundedBody(body, signature.map(WebhookSignature::hash));
    Optional<WebhookEvent> event = parse(read);
    read.transferTo(OutputStream.nullOutputStream());
    if (signature.isPresent()) {
      signature.get().require();
      if (taken.asMap().putIfAbsent(signature.get().id(), true) != null) {
        return Optional.empty();
      }
    }
    return event;
  }

  /** Where both are set up, a signature must be right; the token does not make up for it. */
  private Optional<WebhookSignature> signature(Function<String, @Nullable String> header) {
    String given = header.apply(WebhookSignature.HEADER);
    if (signingKey.isEmpty() || (given == null && secretToken.isPresent())) {
      return Optional.empty();
    }
    WebhookSignature signature =
        WebhookSignature.of(
            header.apply(WebhookSignature.ID),
            header.apply(WebhookSignature.TIME),
            given,
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
    String given = header.apply("X-Gitlab-Token");
    if (secretToken.isEmpty()
        || given == null
        || !MessageDigest.isEqual(given.getBytes(UTF_8), secretToken.get())) {
      throw new WebhookException.Denied(
          "the delivery has neither the signature nor the secret token of the webhook");
    }
  }

  private static Optional<WebhookEvent> parse(InputStream body) throws IOException {
    try {
      return Optional.ofNullable(JSON.readValue(body));
    } catch (JacksonException e) {
      LOG.debug("a webhook's body is no event", e);
      return Optional.empty();
    }
  }

  /** Counts and hashes what goes through. */
  private static final class BoundedBody extends InputStream {
    private final InputStream body;
    private final Optional<Mac> hash;
    private long count;

    BoundedBody(InputStream body, Optional<Mac> hash) {
      this.body = body;
      this.hash = hash;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = body.read(buffer, offset, length);
      if (read > 0) {
        count += read;
        if (count > LARGEST) {
          throw new WebhookException.TooLarge();
        }
        hash.ifPresent(h -> h.update(buffer, offset, read));
      }
      return read;
    }
  }
}
