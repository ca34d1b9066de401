package io.github.rayservice.scaffolder.access;

import io.github.rayservice.scaffolder.NamespacePatterns;
import io.github.rayservice.scaffolder.TokenAddress;
import io.github.rayservice.scaffolder.TransportConfig;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Startup;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Authenticates and authorizes callers. Every authenticated caller may read. The owning group of a
 * namespace may write it, and so may the groups in {@code scaffolder.access.grants}.
 */
@Startup
@ApplicationScoped
public class AccessControl {
  /** The attribute of a security identity that holds its {@link Caller}. */
  static final String CALLER = "caller";

  private final AccessConfig config;
  private final CatalogConfig catalog;
  private final TransportConfig transport;
  private final StaticTokens staticTokens;
  private final CallerLimits limits;
  private final BackstageTokenVerifier backstage;
  private final OidcIssuer issuer;
  private final String host;

  AccessControl(
      AccessConfig config,
      CatalogConfig catalog,
      TransportConfig transport,
      StaticTokens staticTokens,
      CallerLimits limits,
      BackstageTokenVerifier backstage,
      OidcIssuer issuer,
      @ConfigProperty(name = "quarkus.http.host") String host) {
    this.config = config;
    this.catalog = catalog;
    this.transport = transport;
    this.staticTokens = staticTokens;
    this.limits = limits;
    this.backstage = backstage;
    this.issuer = issuer;
    this.host = host;
  }

  /**
   * Fails the start when the service would be open to everyone on the network, or would take tokens
   * that were not made for it.
   *
   * @throws IllegalStateException with the setting to change
   */
  @PostConstruct
  void check() {
    staticTokens.check();
    limits.check();
    config
        .backstage()
        .url()
        .ifPresent(url ->
            TokenAddress.require("scaffolder.access.backstage.url", URI.create(url), transport));
    if (config.backstage().url().isPresent() && config.backstage().audience().isEmpty()) {
      throw new IllegalStateException(
          "scaffolder.access.backstage.audience is not set: set it to rayService.baseUrl of that Backstage");
    }
    issuer.check();
    if (!isOpen()) {
      return;
    }
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      throw new IllegalStateException(
          "authentication is not configured: set scaffolder.access.backstage.url, quarkus.oidc.tenant-enabled with an issuer, or scaffolder.access.tokens");
    }
    if (!TokenAddress.isLoopback(host)) {
      throw new IllegalStateException(
          "authentication is not configured, so quarkus.http.host must be 127.0.0.1, not " + host);
    }
  }

  /** Whether no authentication is configured. */
  public boolean isOpen() {
    return config.backstage().url().isEmpty() && config.tokens().isEmpty() && !issuer.isEnabled();
  }

  /**
   * The caller of a static token or of a token of Backstage.
   *
   * @return empty when the token is of neither kind
   * @throws AccessException when the token is of Backstage and is not valid
   */
  Optional<Caller> find(String token) {
    Optional<Caller> caller = staticTokens.find(token);
    return caller.isPresent() ? caller : backstage.verify(token);
  }

  /** Who sent a request: the identity that was authenticated, or anybody when access is open. */
  public Caller caller(SecurityIdentity identity) {
    if (isOpen()) {
      return Caller.ANYBODY;
    }
    return Objects.requireNonNull(identity.<Caller>getAttribute(CALLER), "not authenticated");
  }

  /**
   * Checks that the caller may write a namespace.
   *
   * @param namespace the team's namespace, as it was sent
   * @throws AccessException.Forbidden when the caller may not
   */
  public void requireWrite(Caller caller, String namespace) {
    if (!mayWrite(caller, namespace)) {
      throw new AccessException.Forbidden(
          "%s may not write in the namespace %s"
              .formatted(caller.subject().orElse("anybody"), namespace));
    }
  }

  /**
   * Checks that the caller may say what Argo CD has done.
   *
   * @throws AccessException.Forbidden when the caller may not
   */
  public void requireNotify(Caller caller) {
    if (!caller.notifies()) {
      throw new AccessException.Forbidden(
          "%s may not send notifications: they are for the token with notifies=true in scaffolder.access.tokens"
              .formatted(caller.subject().orElse("anybody")));
    }
  }

  /**
   * Whether the caller may write a namespace; anybody may where access is open. Who may is also
   * shown what the code of its models wrote: log tails and tracebacks.
   */
  public boolean mayWrite(Caller caller, String namespace) {
    if (caller.subject().isEmpty()) {
      return true;
    }
    Stream<String> owner =
        Stream.of(Caller.reference(catalog.owner().replace("{namespace}", namespace)));
    Stream<String> granted =
        config.grants().stream()
            .filter(grant -> new NamespacePatterns(grant.namespaces()).matches(namespace))
            .map(grant -> grant.group().equals("*") ? "*" : Caller.reference(grant.group()));
    Set<String> writers = Stream.concat(owner, granted).collect(Collectors.toSet());
    boolean mayAsEverybody = caller.everybody() && writers.contains("*");
    return mayAsEverybody || writers.stream().anyMatch(caller.groups()::contains);
  }
}
