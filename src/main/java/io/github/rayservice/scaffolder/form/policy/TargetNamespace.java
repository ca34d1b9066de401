package io.github.rayservice.scaffolder.form.policy;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/** The target namespace of a Ray Service whose form names none. */
final class TargetNamespace {
  private static final String PREFIX = "ray-";

  /** It tells where the team's namespace ends, because neither part has it. */
  private static final String BETWEEN = "--";

  /** Kubernetes: a namespace is a DNS label. */
  private static final int MAX_LENGTH = 63;

  private static final int HASH_LENGTH = 8;

  private TargetNamespace() {}

  /**
   * {@code ray-<namespace>--<name>}, or a part of that with a hash where that does not tell the two
   * parts apart or is too long. So no two Ray Services have the same.
   */
  static String of(RayServiceId id) {
    String plain = PREFIX + id.namespace() + BETWEEN + id.name();
    boolean tells = Stream.of(id.namespace(), id.name()).noneMatch(part -> part.contains(BETWEEN));
    return tells && plain.length() <= MAX_LENGTH ? plain : hashed(id);
  }

  private static String hashed(RayServiceId id) {
    String words = (PREFIX + id.namespace() + "-" + id.name()).replaceAll("-{2,}", "-");
    int room = MAX_LENGTH - 1 - HASH_LENGTH;
    String cut = words.substring(0, Math.min(room, words.length())).replaceFirst("-$", "");
    return cut + "-" + DigestUtils.sha256Hex(id.toString()).substring(0, HASH_LENGTH);
  }
}
