package io.github.rayservice.scaffolder.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.jboss.logging.Logger;
import org.jose4j.http.Get;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

/**
 * Verifies tokens that a Backstage plugin makes for this service. The plugin's token contains, as
 * {@code obo}, the token of the user on whose behalf it calls. Both are verified with the public
 * keys of the configured Backstage. A user's token alone is not accepted, because it has no
 * audience.
 */
@ApplicationScoped
class BackstageTokenVerifier {
  private static final Logger LOG = Logger.getLogger(BackstageTokenVerifier.class);
  private static final String PLUGIN = "vnd.backstage.plugin";
  private static final String USER = "vnd.backstage.limited-user";
  private static final String GUEST = "user:development/guest";

  /** Difference between the clocks of Backstage and of this service. */
  private static final int SKEW_SECONDS = 10;

  /** Tokens with unknown key ids cause at most one request to Backstage in this time. */
  private static final long REFETCH_MILLIS = 10_000;

  private static final int MAX_USERS = 10_000;

  /** In bytes: a list of keys has some hundreds, the groups of a person some thousands. */
  private static final int MAX_ANSWER = 512 * 1024;

  private final AccessConfig.Backstage config;
  private final Clock clock;
  private final HttpClient http;
  private final Map<String, HttpsJwksVerificationKeyResolver> keys = new ConcurrentHashMap<>();
  private final Cache<String, Set<String>> groups;

  BackstageTokenVerifier(AccessConfig config, Clock clock) {
    this.config = config.backstage();
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(this.config.timeout())
            .build();
    this.groups =
        Caffeine.newBuilder()
            .maximumSize(MAX_USERS)
            .expireAfterWrite(this.config.groupsFor())
            .build();
  }

  /**
   * Verifies a token.
   *
   * @return the caller; empty when the token is not of a Backstage plugin
   * @throws AccessException when the token is of a plugin and is not valid
   */
  Optional<Caller> verify(String token) {
    if (config.url().isEmpty()) {
      return Optional.empty();
    }
    Optional<JsonWebSignature> jws = pluginToken(token);
    return jws.map(j -> caller(token, j));
  }

  private static Optional<JsonWebSignature> pluginToken(String token) {
    try {
      return JsonWebStructure.fromCompactSerialization(token) instanceof JsonWebSignature jws
              && PLUGIN.equals(jws.getHeader("typ"))
          ? Optional.of(jws)
          : Optional.empty();
    } catch (JoseException e) {
      return Optional.empty();
    }
  }

  private Caller caller(String token, JsonWebSignature unverified) {
    String plugin = pluginId(unverified);
    if (!config.plugins().contains(plugin)) {
      throw new AccessException.Unproven(
          "the token's plugin is not in scaffolder.access.backstage.plugins");
    }
    String audience = config.audience().orElse("");
    JwtClaims claims =
        verify(
            token,
            PLUGIN,
            "/api/" + plugin + "/.backstage/auth/v1/jwks.json",
            new JwtConsumerBuilder().setExpectedSubject(plugin).setExpectedAudience(audience));
    try {
      if (audience.isEmpty() || !claims.getAudience().equals(List.of(audience))) {
        throw new AccessException.Unproven(
            "the token has another audience than scaffolder.access.backstage.audience");
      }
      String onBehalfOf = claims.getStringClaimValue("obo");
      return onBehalfOf == null ? Caller.ofPlugin(plugin) : user(onBehalfOf);
    } catch (MalformedClaimException e) {
      throw invalid();
    }
  }

  /** Selects the keys to verify with. The verified token must have the same subject. */
  private static String pluginId(JsonWebSignature unverified) {
    try {
      return new ObjectMapper().readTree(unverified.getUnverifiedPayload()).path("sub").asText();
    } catch (IOException e) {
      throw invalid();
    }
  }

  private Caller user(String token) throws MalformedClaimException {
    JwtClaims claims =
        verify(
            token,
            USER,
            "/api/auth/.well-known/jwks.json",
            new JwtConsumerBuilder().setRequireSubject().setSkipDefaultAudienceValidation());
    String subject = claims.getSubject();
    if (subject.equals(GUEST) && !config.guests()) {
      throw new AccessException.Unproven("Backstage's guest user may not call");
    }
    return Caller.ofBackstage(subject, groups(subject, token));
  }

  private JwtClaims verify(String token, String type, String path, JwtConsumerBuilder rules) {
    try {
      return rules
          .setExpectedType(true, type)
          .setJwsAlgorithmConstraints(
              new AlgorithmConstraints(
                  ConstraintType.PERMIT, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256))
          .setVerificationKeyResolver(keys.computeIfAbsent(path, this::keys))
          .setRequireExpirationTime()
          .setAllowedClockSkewInSeconds(SKEW_SECONDS)
          .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
          .build()
          .processToClaims(token);
    } catch (InvalidJwtException e) {
      int outage = ExceptionUtils.indexOfType(e, IOException.class);
      if (outage >= 0) {
        LOG.warnf(
            "Backstage's public keys at %s cannot be read: %s",
            path, ExceptionUtils.getThrowables(e)[outage].getMessage());
        throw new AccessException.Unavailable(
            "the public keys of Backstage at %s cannot be read; at most %d bytes are taken"
                .formatted(host(), MAX_ANSWER));
      }
      // The message of the exception contains all claims.
      throw invalid();
    }
  }

  private static AccessException invalid() {
    return new AccessException.Unproven(
        "the token has expired, or this Backstage did not make it for this service");
  }

  private HttpsJwksVerificationKeyResolver keys(String path) {
    Get get = new Get();
    get.setConnectTimeout((int) config.timeout().toMillis());
    get.setReadTimeout((int) config.timeout().toMillis());
    get.setRetries(0);
    get.setResponseBodySizeLimit(MAX_ANSWER);
    HttpsJwks jwks = new HttpsJwks(address(path).toString());
    jwks.setSimpleHttpGet(get);
    jwks.setRefreshReprieveThreshold(REFETCH_MILLIS);
    return new HttpsJwksVerificationKeyResolver(jwks);
  }

  private URI address(String path) {
    return URI.create(config.url().orElseThrow().replaceAll("/+$", "") + path);
  }

  private String host() {
    return address("").getHost();
  }

  private Set<String> groups(String subject, String token) {
    Set<String> cached = groups.getIfPresent(subject);
    if (cached == null) {
      cached = requestGroups(token);
      groups.put(subject, cached);
    }
    return cached;
  }

  private Set<String> requestGroups(String token) {
    HttpRequest request =
        HttpRequest.newBuilder(address("/api/auth/v1/userinfo"))
            .timeout(config.timeout())
            .header("Authorization", "Bearer " + token)
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, answer -> new BoundedBody(MAX_ANSWER));
      if (response.statusCode() != 200) {
        throw new AccessException.Unavailable(
            "Backstage answers " + response.statusCode() + " to the request for the user's groups");
      }
      Set<String> result = new HashSet<>();
      for (JsonNode entity : new ObjectMapper().readTree(response.body()).at("/claims/ent")) {
        result.add(entity.asText());
      }
      return Set.copyOf(result);
    } catch (IOException e) {
      LOG.warn("the groups of a user cannot be read", e);
      throw new AccessException.Unavailable(
          "Backstage at %s does not answer with the user's groups; at most %d bytes are taken"
              .formatted(host(), MAX_ANSWER));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AccessException.Unavailable("interrupted while Backstage was asked for the groups");
    }
  }
}
