package io.github.rayservice.scaffolder.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.testsupport.LoggedLines;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticTokensTest {
  private static final Instant END = Instant.parse("2027-06-30T00:00:00Z");

  private Instant now = END;
  private final LoggedLines log = new LoggedLines(StaticTokens.class.getName());

  @AfterEach
  void leave() {
    log.close();
  }

  private StaticTokens tokens(String subject) {
    InstantSource time = () -> now;
    AccessConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(AccessConfig.class)
            .withConverter(Duration.class, 100, new DurationConverter())
            .withDefaultValues(
                Map.of(
                    "scaffolder.access.tokens[0].subject",
                    subject,
                    "scaffolder.access.tokens[0].sha256",
                    DigestUtils.sha256Hex("token"),
                    "scaffolder.access.tokens[0].expires",
                    "2027-06-30T02:00:00+02:00"))
            .build()
            .getConfigMapping(AccessConfig.class);
    return new StaticTokens(config, time.withZone(ZoneOffset.UTC));
  }

  @Test
  void aTokenProvesItsSubjectUntilItsEnd() {
    StaticTokens tokens = tokens("ci");

    now = END.minusMillis(1);
    assertThat(tokens.find("token").orElseThrow().subject()).contains("token:ci");
    assertThat(tokens.find("another")).isEmpty();
    now = END;
    assertThatThrownBy(() -> tokens.find("token"))
        .isInstanceOf(AccessException.Unproven.class)
        .hasMessage("the static token of ci has ended at 2027-06-30T00:00:00Z");
  }

  @Test
  void theLogWarnsTwoWeeksBeforeOnceADay() {
    StaticTokens tokens = tokens("ci");

    now = END.minus(Duration.ofDays(14));
    tokens.check();
    tokens.find("token");
    assertThat(log.lines()).isEmpty();

    now = now.plusSeconds(1);
    tokens.find("token");
    tokens.find("token");
    assertThat(log.lines())
        .containsExactly(
            "the static token of ci ends at 2027-06-30T00:00:00Z: make another one and add it to scaffolder.access.tokens");

    now = now.plus(Duration.ofDays(1));
    tokens.find("token");
    assertThat(log.lines()).hasSize(2);
    // A process that starts says it, too.
    tokens("ci").check();
    assertThat(log.lines()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"c\ni", "c\u0000i", "ci <a@b>", "ci.", "c\u00a0i"})
  void aSubjectThatIsNoLineIsNoSetting(String subject) {
    assertThatThrownBy(() -> tokens(subject).check())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("scaffolder.access.tokens: subject must be");
  }
}
