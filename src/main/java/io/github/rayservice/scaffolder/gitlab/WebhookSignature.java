package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The signature of one delivery, as Standard Webhooks specifies it: HMAC-SHA256 over id, timestamp
 * and body. Libraries for it need the whole body in memory; this class hashes a stream.
 *
 * @param claimed the signatures in the header; two while the key is being rotated
 * @param hash the hash, which already contains id and timestamp
 */
record WebhookSignature(String id, Instant time, List<byte[]> claimed, Mac hash) {
  static final String ID = "webhook-id";
  static final String TIME = "webhook-timestamp";
  static final String HEADER = "webhook-signature";

  private static final String ALGORITHM = "HmacSHA256";
  private static final String VERSION = "v1,";

  /**
   * Reads the three headers.
   *
   * @throws WebhookException.Denied when one is missing or malformed
   */
  static WebhookSignature of(
      @Nullable String id, @Nullable String time, @Nullable String signatures, byte[] key) {
    if (id == null || time == null || signatures == null) {
      throw new WebhookException.Denied(
          "a signed webhook delivery must have the headers %s, %s and %s"
              .formatted(ID, TIME, HEADER));
    }
    List<byte[]> claimed = new ArrayList<>();
    for (String signature : signatures.strip().split(" +", -1)) {
      if (signature.startsWith(VERSION)) {
        claimed.add(decoded(signature.substring(VERSION.length())));
      }
    }
    Mac hash = hash(key);
    hash.update((id + "." + time + ".").getBytes(UTF_8));
    return new WebhookSignature(id, instant(time), claimed, hash);
  }

  private static byte[] decoded(String signature) {
    try {
      return Base64.getDecoder().decode(signature);
    } catch (IllegalArgumentException e) {
      throw new WebhookException.Denied(HEADER + " must be Base64");
    }
  }

  private static Instant instant(String time) {
    try {
      return Instant.ofEpochSecond(Long.parseLong(time));
    } catch (NumberFormatException | DateTimeException e) {
      throw new WebhookException.Denied(TIME + " must be a time in seconds since 1970-01-01");
    }
  }

  private static Mac hash(byte[] key) {
    try {
      Mac hash = Mac.getInstance(ALGORITHM);
      hash.init(new SecretKeySpec(key, ALGORITHM));
      return hash;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /**
   * Compares the signatures with the hash, after the whole body was hashed. Every signature is
   * compared in constant time.
   *
   * @throws WebhookException.Denied when no signature matches
   */
  void requireMatch() {
    byte[] expected = hash.doFinal();
    boolean matches = false;
    for (byte[] one : claimed) {
      matches |= MessageDigest.isEqual(one, expected);
    }
    if (!matches) {
      throw new WebhookException.Denied(HEADER + " does not match the body");
    }
  }
}
