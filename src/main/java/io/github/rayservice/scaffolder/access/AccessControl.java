package io.github.rayservice.scaffolder.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.NamespacePatterns;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Startup;
import io.quarkus.security.identity.SecurityIdentity;
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
 * Authenticates and authorizes callers. Every authenticated caller may read. The owning group of a
 * namespace may write it, and so may the groups in {@code scaffolder.access.grants}.
 */
@Startup
@ApplicationScoped
public class AccessControl {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");

  /** The attribute of a security identity that holds its {@link Caller}. */
  static final String CALLER = "caller";

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
   * Fails the start when the service would be open to everyone on the network.
   *
   * @throws IllegalStateException with the setting to change
   */
  @PostConstruct
  void check() {
    for (AccessConfig.Token token : config.tokens()) {
      if (!SHA256.matcher(token.sha256().toLowerCase(Locale.ROOT)).matches()) {
        throw new IllegalStateException(
            "scaffolder.access.tokens: sha256 of "
                + token.subject()
                + " must have 64 hexadecimal digits");
      }
    }
    if (config.backstage().url().isPresent() && config.backstage().audience().isEmpty()) {
      throw new IllegalStateException(
          "scaffolder.access.backstage.audience is not set: set it to rayService.baseUrl of that Backstage");
    }
    if (!isOpen()) {
      return;
    }
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      throw new IllegalStateException(
          "authentication is not configured: set scaffolder.access.backstage.url, quarkus.oidc.tenant-enabled with an issuer, or scaffolder.access.tokens");
    }
    if (!LOOPBACK.contains(host)) {
      throw new IllegalStateException(
          "authentication is not configured, so quarkus.http.host must be 127.0.0.1, not " + host);
    }
  }

  /** Whether no authentication is configured. */
  public boolean isOpen() {
    return config.backstage().url().isEmpty() && config.tokens().isEmpty() && !issuer;
  }

  /**
   * The caller of a static token or of a token of Backstage.
   *
   * @return empty when the token is of neither kind
   * @throws AccessException when the token is of Backstage and is not valid
   */
  Optional<Caller> find(String token) {
    Optional<Caller> caller = ofStaticToken(token);
    return caller.isPresent() ? caller : backstage.verify(token);
  }

  private Optional<Caller> ofStaticToken(String token) {
    byte[] sha256 = DigestUtils.sha256Hex(token.getBytes(UTF_8)).getBytes(US_ASCII);
    return config.tokens().stream()
        .filter(t ->
            MessageDigest.isEqual(sha256, t.sha256().toLowerCase(Locale.ROOT).getBytes(US_ASCII)))
        .findFirst()
        .map(t ->
            new Caller(
                Optional.of(t.subject()),
                Set.copyOf(t.groups().orElse(List.of())),
                t.namesOthers()));
  }

  /** Who sent a request: the identity that was authenticated, or anybody when access is open. */
  public Caller caller(SecurityIdentity identity) {
    if (isOpen()) {
      return Caller.ANYBODY;
    }
    return identity.getAttribute(CALLER) instanceof Caller caller
        ? caller
        // A token that the OIDC issuer signed.
        : Caller.user(identity.getPrincipal().getName(), identity.getRoles());
  }

  /**
   * Checks that the caller may write a namespace.
   *
   * @param namespace the team's namespace, as it was sent
   * @throws AccessException.Forbidden when the caller may not
   */
  public void requireWrite(Caller caller, String namespace) {
    if (caller.subject().isEmpty()) {
      return;
    }
    Stream<String> owner =
        Stream.of(Caller.reference(catalog.owner().replace("{namespace}", namespace)));
    Stream<String> granted =
        config.grants().stream()
            .filter(grant -> new NamespacePatterns(grant.namespaces()).matches(namespace))
            .map(grant -> grant.group().equals("*") ? "*" : Caller.reference(grant.group()));
    Set<String> writers = Stream.concat(owner, granted).collect(Collectors.toSet());
    if (!writers.contains("*") && writers.stream().noneMatch(caller.groups()::contains)) {
      throw new AccessException.Forbidden(
          "%s may not write in the namespace %s".formatted(caller.subject().get(), namespace));
    }
  }
}
