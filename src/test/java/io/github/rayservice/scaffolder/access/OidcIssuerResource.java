package io.github.rayservice.scaffolder.access;

import static java.util.Objects.requireNonNull;

import io.github.rayservice.scaffolder.testsupport.gitlab.ForeignClients;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real OpenID provider, whose tokens the application under test accepts. */
public final class OidcIssuerResource implements QuarkusTestResourceLifecycleManager {
  static final String AUDIENCE = "https://rayservice.example.com";

  private @Nullable Process issuer;
  private String url = "";

  @Override
  public Map<String, String> start() {
    try {
      ForeignClients.installNode();
      issuer = ForeignClients.issuer();
      url = requireNonNull(issuer.inputReader().readLine(), "it did not start; see above");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        "quarkus.oidc.tenant-enabled",
        "true",
        "quarkus.oidc.auth-server-url",
        url,
        "quarkus.oidc.client-id",
        "rayservice-scaffolder",
        "quarkus.oidc.token.audience",
        AUDIENCE);
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(new Issuer(url), new TestInjector.MatchesType(Issuer.class));
  }

  @Override
  public void stop() {
    if (issuer != null) {
      issuer.destroy();
    }
  }

  /** The URL of the provider. */
  record Issuer(String url) {}
}
