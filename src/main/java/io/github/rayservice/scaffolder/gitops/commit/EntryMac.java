package io.github.rayservice.scaffolder.gitops.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import java.security.MessageDigest;
import java.util.Optional;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/**
 * Proves who wrote an entry on {@link RefNames#REQUESTS}: on a Git server, whoever may push may
 * move that ref, and GitLab protects branches and tags only. The key is derived from the password
 * of the Git server, which all replicas have and those who push have not. With another password,
 * earlier entries are not proved any more. The embedded repository has no password, and its entries
 * no proof.
 */
public final class EntryMac {
  private static final String PURPOSE = "entries of " + RefNames.REQUESTS + ", 1";

  private final Optional<HmacUtils> mac;

  private EntryMac(Optional<HmacUtils> mac) {
    this.mac = mac;
  }

  /** Of the repository's login; without one nothing is proved, and all is believed. */
  public static EntryMac of(Optional<Remote.Login> login) {
    return new EntryMac(
        login.map(known ->
            new HmacUtils(
                HmacAlgorithms.HMAC_SHA_256,
                new HmacUtils(HmacAlgorithms.HMAC_SHA_256, known.password()).hmac(PURPOSE))));
  }

  /** 64 hexadecimal digits; empty when nothing is proved. */
  String sign(String entry) {
    return mac.map(known -> known.hmacHex(entry)).orElse("");
  }

  boolean proves(String entry, String signature) {
    return MessageDigest.isEqual(sign(entry).getBytes(UTF_8), signature.getBytes(UTF_8));
  }
}
