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
 * The signature of one delivery, by the specification of Standard Webhooks: HMAC-SHA256 over id,
 * time and body. Libraries for it want the whole body in memory; here it goes by.
 *
 * @param claimed the signatures that the delivery carries; while a key is being changed there are
 *     two
 * @param hash has seen id and time already
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
          "a signed delivery has the headers %s, %s and %s".formatted(ID, TIME, HEADER));
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
      throw new WebhookException.Denied(HEADER + " is no Base64");
    }
  }

  private static Instant instant(String time) {
    try {
      return Instant.ofEpochSecond(Long.parseLong(time));
    } catch (NumberFormatException | DateTimeException e) {
      throw new WebhookException.Denied(TIME + " is no time in seconds since 1970");
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
   * Ends the hash, which has seen the whole body by now.
   *
   * @throws WebhookException.Denied when no signature is the right one
   */
  void require() {
    byte[] right = hash.doFinal();
    boolean matches = false;
    for (byte[] one : claimed) {
      matches |= MessageDigest.isEqual(one, right);
    }
    if (!matches) {
      throw new WebhookException.Denied(HEADER + " is not that of this body");
    }
  }
}
