package io.github.rayservice.scaffolder.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Who calls, and what they may. Everybody whose identity is proven may read; a namespace is written
 * by its owning group and by those whom the platform grants it.
 */
@Startup
@ApplicationScoped
public class AccessControl {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");

  private final AccessConfig config;
  private final CatalogConfig catalog;
  private final BackstageTokenVerifier backstage;
  private final boolean issuer;
  private final String host;

  AccessControl(
      AccessConfig config,
      CatalogConfig catalog,
      BackstageTokenVerifier backstage,
      @ConfigProperty(name = "quarkus.oidc.tenant-enabled") boolean issuer,
      @ConfigProperty(name = "quarkus.http.host") String host) {
    this.config = config;
    this.catalog = catalog;
    this.backstage = backstage;
    this.issuer = issuer;
    this.host = host;
  }

  /**
   * Refuses to start where anybody could write.
   *
   * @throws IllegalStateException with what to set
   */
  @PostConstruct
  void check() {
    for (AccessConfig.Token token : config.tokens()) {
      if (!SHA256.matcher(token.sha256().toLowerCase(Locale.ROOT)).matches()) {
        throw new IllegalStateException(
            "scaffolder.access.tokens: sha256 of " + token.subject() + " is no SHA-256");
      }
    }
    if (config.backstage().url().isPresent() && config.backstage().audience().isEmpty()) {
      throw new IllegalStateException(
          "set scaffolder.access.backstage.audience to rayService.baseUrl of that Backstage");
    }
    if (!isOpen()) {
      return;
    }
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      throw new IllegalStateException(
          "nobody could be told from anybody: set scaffolder.access.backstage.url, quarkus.oidc.tenant-enabled with an issuer, or scaffolder.access.tokens");
    }
    if (!LOOPBACK.contains(host)) {
      throw new IllegalStateException(
          "without authentication the service listens on 127.0.0.1 only, not on " + host);
    }
  }

  /** Whether nothing is set by which somebody could prove who they are. */
  public boolean isOpen() {
    return config.backstage().url().isEmpty() && config.tokens().isEmpty() && !issuer;
  }

  /** Whether tokens of an OIDC issuer are taken. */
  public boolean hasIssuer() {
    return issuer;
  }

  /**
   * Whose token it is: one of the configured ones, or one of Backstage.
   *
   * @return empty when it is of neither kind
   * @throws AccessException when it is Backstage's and proves nothing
   */
  public Optional<Caller> find(String token) {
    Optional<Caller> known = staticToken(token);
    return known.isPresent() ? known : backstage.verify(token);
  }

  private Optional<Caller> staticToken(String token) {
    byte[] given = DigestUtils.sha256Hex(token.getBytes(UTF_8)).getBytes(US_ASCII);
    return config.tokens().stream()
        .filter(t ->
            MessageDigest.isEqual(given, t.sha256().toLowerCase(Locale.ROOT).getBytes(US_ASCII)))
        .findFirst()
        .map(t ->
            new Caller(
                Optional.of(t.subject()),
                Set.copyOf(t.groups().orElse(List.of())),
                t.namesOthers()));
  }

  /** Somebody whom the OIDC issuer knows. */
  public Caller fromIssuer(String subject, Set<String> groups) {
    return Caller.person(subject, groups);
  }

  /**
   * Holds a write to what the caller may.
   *
   * @param namespace the team's, as it was sent
   * @throws AccessException.Forbidden when it may not
   */
  public void requireWrite(Caller caller, String namespace) {
    if (caller.subject().isEmpty()) {
      return;
    }
    Stream<String> owner =
        Stream.of(Caller.reference(catalog.owner().replace("{namespace}", namespace)));
    Stream<String> granted =
        config.grants().stream()
            .filter(grant -> matches(grant.namespaces(), namespace))
            .map(grant -> grant.group().equals("*") ? "*" : Caller.reference(grant.group()));
    Set<String> writers = Stream.concat(owner, granted).collect(Collectors.toSet());
    if (!writers.contains("*") && writers.stream().noneMatch(caller.groups()::contains)) {
      throw new AccessException.Forbidden(
          "%s may not write in the namespace %s".formatted(caller.subject().get(), namespace));
    }
  }

  private static boolean matches(List<String> patterns, String namespace) {
    return patterns.stream()
        .map(p -> Pattern.compile(Pattern.quote(p).replace("*", "\\E.*\\Q")))
        .anyMatch(p -> p.matcher(namespace).matches());
  }
}
