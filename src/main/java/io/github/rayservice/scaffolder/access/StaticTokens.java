package io.github.rayservice.scaffolder.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logging.Logger;

/** The static tokens of {@code scaffolder.access.tokens}, of which only the SHA-256 is known. */
@ApplicationScoped
class StaticTokens {
  private static final Logger LOG = Logger.getLogger(StaticTokens.class);
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** How long before its end a token is warned of. */
  private static final Duration NOTICE = Duration.ofDays(14);

  private final AccessConfig config;
  private final Clock clock;

  /** The day on which a token was last warned of, by its SHA-256. */
  private final Map<String, LocalDate> warned = new ConcurrentHashMap<>();

  StaticTokens(AccessConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Checks the settings at the start, and warns of tokens that end.
   *
   * @throws IllegalStateException with the setting to change
   */
  void check() {
    for (AccessConfig.Token token : config.tokens()) {
      if (!SHA256.matcher(sha256(token)).matches()) {
        throw new IllegalStateException(
            "scaffolder.access.tokens: sha256 of %s must have 64 hexadecimal digits"
                .formatted(token.subject()));
      }
      if (!Caller.isName(Caller.TOKEN + token.subject())) {
        throw new IllegalStateException(
            "scaffolder.access.tokens: subject must be a short line of printable text without '<' and '>' that ends in no punctuation");
      }
      warnOfEnd(token);
    }
  }

  private static String sha256(AccessConfig.Token token) {
    return token.sha256().toLowerCase(Locale.ROOT);
  }

  /**
   * The bearer of a token.
   *
   * @return empty when it is no static token
   * @throws AccessException.Unproven when it has ended
   */
  Optional<Caller> find(String token) {
    byte[] sha256 = DigestUtils.sha256Hex(token.getBytes(UTF_8)).getBytes(US_ASCII);
    return config.tokens().stream()
        .filter(t -> MessageDigest.isEqual(sha256, sha256(t).getBytes(US_ASCII)))
        .findFirst()
        .map(this::caller);
  }

  private Caller caller(AccessConfig.Token token) {
    warnOfEnd(token);
    token
        .expires()
        .filter(end -> !clock.instant().isBefore(end))
        .ifPresent(end -> {
          throw new AccessException.Unproven(
              "the static token of %s has ended at %s".formatted(token.subject(), end));
        });
    return Caller.of(token);
  }

  /** Once a day, also in a process that runs for weeks. */
  private void warnOfEnd(AccessConfig.Token token) {
    Optional<Instant> near =
        token.expires().filter(end -> end.isBefore(clock.instant().plus(NOTICE)));
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    if (near.isPresent() && !today.equals(warned.put(token.sha256(), today))) {
      LOG.warnf(
          "the static token of %s ends at %s: make another one and add it to scaffolder.access.tokens",
          token.subject(), near.get());
    }
  }
}
