package io.github.rayservice.scaffolder.testsupport.backstage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The keys, tokens and user information of a Backstage 1.55, over real HTTP and with real
 * signatures.
 */
public final class FakeBackstage implements AutoCloseable {
  public static final String AUDIENCE = "https://rayservice.example.com";

  private final HttpServer server;
  private final Map<String, List<EllipticCurveJsonWebKey>> keys = new ConcurrentHashMap<>();
  private final Map<String, List<String>> groups = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Long> sentWithoutEnd = new CompletableFuture<>();
  private volatile String endless = "none";

  public FakeBackstage() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      restart();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Paths of all requests so far. */
  public List<String> requests() {
    return requests;
  }

  /** Answers this path with spaces for ever: JSON that has not begun. */
  public void answerWithoutEnd(String path) {
    endless = path;
  }

  /** How many bytes of that were sent when the client had enough. */
  public CompletableFuture<Long> sentWithoutEnd() {
    return sentWithoutEnd;
  }

  private void sendWithoutEnd(HttpExchange exchange) throws IOException {
    byte[] spaces = " ".repeat(64 * 1024).getBytes(UTF_8);
    long sent = 0;
    exchange.sendResponseHeaders(200, 0);
    try {
      while (true) {
        exchange.getResponseBody().write(spaces);
        sent += spaces.length;
      }
    } catch (IOException closed) {
      sentWithoutEnd.complete(sent);
    } finally {
      exchange.close();
    }
  }

  /** Creates new keys, as each start of the process does; the old keys stay in the list. */
  void restart() {
    for (String owner : List.of("scaffolder", "catalog", "techdocs", "auth")) {
      keys.computeIfAbsent(owner, o -> new CopyOnWriteArrayList<>()).add(key());
    }
  }

  public static EllipticCurveJsonWebKey key() {
    try {
      EllipticCurveJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
      key.setKeyId(java.util.UUID.randomUUID().toString());
      key.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
      return key;
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  public void member(String person, String... ofGroups) {
    groups.put(person, List.of(ofGroups));
  }

  /** The token that the scaffolder sends on behalf of a user. */
  public String onBehalfOf(String person) {
    return plugin("scaffolder", AUDIENCE, person(person));
  }

  public String person(String subject) {
    return sign("vnd.backstage.limited-user", claims(subject, 60), newest("auth"));
  }

  public String plugin(String plugin, String audience, @Nullable String obo) {
    JwtClaims claims = claims(plugin, 60);
    claims.setAudience(audience);
    if (obo != null) {
      claims.setStringClaim("obo", obo);
    }
    return sign("vnd.backstage.plugin", claims, newest(plugin));
  }

  public EllipticCurveJsonWebKey newest(String owner) {
    return keys.getOrDefault(owner, List.of()).getLast();
  }

  public static JwtClaims claims(String subject, int minutes) {
    JwtClaims claims = new JwtClaims();
    claims.setSubject(subject);
    claims.setIssuedAtToNow();
    NumericDate end = NumericDate.now();
    end.addSeconds(60L * minutes);
    claims.setExpirationTime(end);
    return claims;
  }

  public static String sign(String type, JwtClaims claims, EllipticCurveJsonWebKey key) {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setHeader("typ", type);
    jws.setKeyIdHeaderValue(key.getKeyId());
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    jws.setKey(key.getPrivateKey());
    jws.setPayload(claims.toJson());
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(path);
    if (path.equals(endless)) {
      sendWithoutEnd(exchange);
      return;
    }
    String body =
        switch (path) {
          case "/api/scaffolder/.backstage/auth/v1/jwks.json" -> listed("scaffolder");
          case "/api/catalog/.backstage/auth/v1/jwks.json" -> listed("catalog");
          case "/api/auth/.well-known/jwks.json" -> listed("auth");
          case "/api/auth/v1/userinfo" -> userinfo(exchange);
          default -> "";
        };
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(
        bytes.length == 0 ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String listed(String owner) {
    return new JsonWebKeySet(keys.getOrDefault(owner, List.of()))
        .toJson(OutputControlLevel.PUBLIC_ONLY);
  }

  private String userinfo(HttpExchange exchange) {
    String token = exchange.getRequestHeaders().getFirst("Authorization").substring(7);
    int from = token.indexOf('.') + 1;
    String part = token.substring(from, token.indexOf('.', from));
    String payload = new String(java.util.Base64.getUrlDecoder().decode(part), UTF_8);
    String subject = payload.replaceAll(".*\"sub\":\"([^\"]*)\".*", "$1");
    String entities = String.join("\",\"", groups.getOrDefault(subject, List.of(subject)));
    return "{\"claims\":{\"sub\":\"%s\",\"ent\":[\"%s\"]}}".formatted(subject, entities);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
