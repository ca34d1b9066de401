package io.github.rayservice.scaffolder.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTest {
  @Test
  void oneNameFromThreeSourcesIsThreeSubjects() {
    assertThat(Caller.ofBackstage("user:default/ann", Set.of()).subject())
        .contains("user:default/ann");
    assertThat(Caller.ofIssuer("user:default/ann", Set.of()).subject())
        .contains("oidc:user:default/ann");
    assertThat(Caller.ofPlugin("user:default/ann").subject()).contains("plugin:user:default/ann");
  }

  @ParameterizedTest
  @ValueSource(strings = {"oidc:4711", "token:default/ci", "Plugin:catalog", "OIDC:x"})
  void noUserOfBackstageIsACallerOfAnotherSource(String entity) {
    assertThatThrownBy(() -> Caller.ofBackstage(entity, Set.of()))
        .isInstanceOf(AccessException.Unproven.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4711",
        "auth0|5f7c",
        "jürgen",
        "CN=Ann Lee,O=Company",
        "a=b;c",
        "山田",
        "\"ann\" x"
      })
  void aSubjectIsKeptAsItIs(String subject) {
    assertThat(Caller.ofIssuer(subject, Set.of()).subject()).contains("oidc:" + subject);
  }

  /** Git, a log or a reader would make the subject of somebody else of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann\r\nRequest-Id: x",
        "ann\n",
        "ann\u0000",
        "an\u0000n",
        "an\u200bn",
        "an\u00a0n",
        "an\u2028n",
        "an\u202en",
        "ann <ann@company.com",
        "ann>",
        "ann ",
        "ann.",
        "ann\\",
        "ann\"",
      })
  void aSubjectThatIsNoLineIsRefused(String subject) {
    assertThatThrownBy(() -> Caller.ofIssuer(subject, Set.of()))
        .isInstanceOf(AccessException.Unproven.class)
        .hasMessageStartingWith("the token's subject cannot be written into Git")
        .hasMessageNotContaining("ann <")
        .hasMessageNotContaining("Request-Id");
  }

  @Test
  void aSubjectIsNeverCut() {
    assertThat(Caller.ofIssuer("x".repeat(248), Set.of()).subject()).isPresent();
    assertThatThrownBy(() -> Caller.ofIssuer("x".repeat(249), Set.of()))
        .isInstanceOf(AccessException.Unproven.class);
  }
}
