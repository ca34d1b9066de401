package io.github.rayservice.scaffolder.access;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Base64;
import java.util.Map;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** An issuer of OIDC tokens whose public key the application under test is told. */
public final class LocalIssuerResource implements QuarkusTestResourceLifecycleManager {
  static final String AUDIENCE = "https://rayservice.example.com";

  private final RsaJsonWebKey key = key();

  private static RsaJsonWebKey key() {
    try {
      return RsaJwkGenerator.generateJwk(2048);
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Map<String, String> start() {
    return Map.of(
        "quarkus.oidc.tenant-enabled",
        "true",
        "quarkus.oidc.public-key",
        Base64.getEncoder().encodeToString(key.getPublicKey().getEncoded()),
        "quarkus.oidc.token.audience",
        AUDIENCE);
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(new Issuer(key), new TestInjector.MatchesType(Issuer.class));
  }

  @Override
  public void stop() {}

  /** Signs what the tests want. */
  record Issuer(RsaJsonWebKey key) {
    String sign(JwtClaims claims) {
      JsonWebSignature jws = new JsonWebSignature();
      jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
      jws.setKey(key.getPrivateKey());
      jws.setPayload(claims.toJson());
      try {
        return jws.getCompactSerialization();
      } catch (JoseException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
