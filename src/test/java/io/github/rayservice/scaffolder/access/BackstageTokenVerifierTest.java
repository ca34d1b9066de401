package io.github.rayservice.scaffolder.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.testsupport.backstage.FakeBackstage;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid and invalid tokens of a Backstage. */
class BackstageTokenVerifierTest {
  private static final String ANN = "user:default/ann";

  private final FakeBackstage backstage = new FakeBackstage();

  @AfterEach
  void stop() {
    backstage.close();
  }

  private BackstageTokenVerifier tokens(String... settings) {
    Map<String, String> values = new TreeMap<>();
    values.put("scaffolder.access.backstage.url", backstage.url());
    values.put("scaffolder.access.backstage.audience", FakeBackstage.AUDIENCE);
    for (int i = 0; i < settings.length; i += 2) {
      values.put(settings[i], settings[i + 1]);
    }
    AccessConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(AccessConfig.class)
            .withConverter(Duration.class, 100, new DurationConverter())
            .withDefaultValues(values)
            .build()
            .getConfigMapping(AccessConfig.class);
    return new BackstageTokenVerifier(config, Clock.systemUTC());
  }

  @Test
  void aPluginOnBehalfOfAUserIsThatUserWithTheirGroups() {
    backstage.member(ANN, ANN, "group:default/team-ml");

    Caller caller = tokens().verify(backstage.onBehalfOf(ANN)).orElseThrow();

    assertThat(caller.subject()).contains(ANN);
    assertThat(caller.groups()).containsExactlyInAnyOrder(ANN, "group:default/team-ml");
    assertThat(caller.namesOthers()).isFalse();
  }

  @Test
  void aPluginWithoutAUserHasNoGroups() {
    Caller caller =
        tokens().verify(backstage.plugin("catalog", FakeBackstage.AUDIENCE, null)).orElseThrow();

    assertThat(caller.subject()).contains("plugin:catalog");
    assertThat(caller.groups()).isEmpty();
  }

  @Test
  void groupsAndKeysAreCached() {
    BackstageTokenVerifier tokens = tokens();

    tokens.verify(backstage.onBehalfOf(ANN));
    tokens.verify(backstage.onBehalfOf(ANN));

    assertThat(backstage.requests()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void invalidTokensAreRejected() {
    JwtClaims expired = FakeBackstage.claims(ANN, -5);
    JwtClaims claims = FakeBackstage.claims(ANN, 60);
    String limited = "vnd.backstage.limited-user";
    Stream.of(
            backstage.plugin("scaffolder", "catalog", backstage.person(ANN)),
            backstage.plugin("techdocs", FakeBackstage.AUDIENCE, backstage.person(ANN)),
            // The user's token is expired, of another type, or signed with other keys.
            inside(FakeBackstage.sign(limited, expired, backstage.newest("auth"))),
            inside(FakeBackstage.sign("vnd.backstage.user", claims, backstage.newest("auth"))),
            inside(FakeBackstage.sign(limited, claims, backstage.newest("scaffolder"))),
            inside(FakeBackstage.sign(limited, claims, FakeBackstage.key())),
            inside("no token"),
            // The plugin's token is signed with the keys of users' tokens.
            FakeBackstage.sign(
                "vnd.backstage.plugin", outer("scaffolder"), backstage.newest("auth")),
            inside(backstage.person("user:development/guest")))
        .forEach(token ->
            assertThatThrownBy(() -> tokens().verify(token))
                .isInstanceOf(AccessException.Unproven.class)
                .hasMessageNotContaining("ann"));
  }

  private String inside(String person) {
    return backstage.plugin("scaffolder", FakeBackstage.AUDIENCE, person);
  }

  private static JwtClaims outer(String plugin) {
    JwtClaims claims = FakeBackstage.claims(plugin, 60);
    claims.setAudience(FakeBackstage.AUDIENCE);
    return claims;
  }

  /** A user's token has no audience, so any recipient of it could send it to any service. */
  @Test
  void aUsersTokenAloneIsNotAPluginToken() {
    assertThat(tokens().verify(backstage.person(ANN))).isEmpty();
    assertThat(tokens().verify("a-static-token")).isEmpty();
  }

  @Test
  void guestsMayCallOnlyWhenConfigured() {
    assertThat(
            tokens("scaffolder.access.backstage.guests", "true")
                .verify(backstage.onBehalfOf("user:development/guest")))
        .isPresent();
  }

  @Test
  void unknownKeysDoNotCauseRepeatedRequests() {
    BackstageTokenVerifier tokens = tokens();
    tokens.verify(backstage.onBehalfOf(ANN));
    for (int i = 0; i < 5; i++) {
      String unknownKey =
          FakeBackstage.sign("vnd.backstage.plugin", outer("scaffolder"), FakeBackstage.key());
      assertThatThrownBy(() -> tokens.verify(unknownKey))
          .isInstanceOf(AccessException.Unproven.class);
    }

    assertThat(backstage.requests()).hasSize(3);
  }

  @Test
  void unreadableKeysAreAnOutageNotAnInvalidToken() {
    String token = backstage.onBehalfOf(ANN);
    BackstageTokenVerifier tokens = tokens();
    backstage.close();

    assertThatThrownBy(() -> tokens.verify(token)).isInstanceOf(AccessException.Unavailable.class);
  }

  /** The bound ends a test that would read for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"/api/auth/v1/userinfo", "/api/auth/.well-known/jwks.json"})
  @Timeout(60)
  void anAnswerWithoutEndIsAnOutageThatNamesTheHost(String path) throws Exception {
    backstage.answerWithoutEnd(path);
    String token = backstage.onBehalfOf(ANN);

    assertThatThrownBy(() -> tokens().verify(token))
        .isInstanceOf(AccessException.Unavailable.class)
        .hasMessageContaining("127.0.0.1")
        .hasMessageContaining("524288 bytes");
    assertThat(backstage.sentWithoutEnd().get(30, TimeUnit.SECONDS))
        .as("what was sent, with all that the sockets hold")
        .isLessThan(32 << 20);
  }
}
