package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/** Headers of a webhook delivery of GitLab. */
public final class WebhookHeaders {
  /** 32 bytes, the length of GitLab's signing tokens. */
  public static final String SIGNING_TOKEN = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  public static final String SECRET_TOKEN = "webhook-canary-4711";

  private WebhookHeaders() {}

  public static Map<String, String> signed(String id, Instant time, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", String.valueOf(time.getEpochSecond()));
    headers.put("webhook-signature", signature(id, time, body));
    return headers;
  }

  private static String signature(String id, Instant time, byte[] body) {
    byte[] start = (id + "." + time.getEpochSecond() + ".").getBytes(UTF_8);
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    byte[] key = Base64.getDecoder().decode(SIGNING_TOKEN.substring("whsec_".length()));
    byte[] hash = new HmacUtils(HmacAlgorithms.HMAC_SHA_256, key).hmac(all);
    return "v1," + Base64.getEncoder().encodeToString(hash);
  }
}
