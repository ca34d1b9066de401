package io.github.rayservice.scaffolder.status.resource;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown of a text that a tenant's code may have written. */
class ShownTextTest {
  private static final String TOKEN = "hf_" + "a".repeat(34);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "401 for https://jane:pw@git.example.com/a.zip | 401 for https://[redacted]@git.example.com/a.zip",
        "clone ssh://oauth2:p@ss@git.example.com/a | clone ssh://[redacted]@git.example.com/a",
        "token=@@, repo=a/b | token=[redacted], repo=a/b",
        "{\"HF_TOKEN\": \"@@\"} | {\"HF_TOKEN\": \"[redacted]\"}",
        "header Bearer abcdefgh.ijklm, sent | header Bearer [redacted], sent",
        "GET https://s3.example.com/w?X-Amz-Signature=0a1b2c&X-Amz-Expires=60 | GET https://s3.example.com/w?X-Amz-Signature=[redacted]&X-Amz-Expires=60",
        "GET https://git.example.com/api?private_token=abc | GET https://git.example.com/api?private_token=[redacted]",
        "nothing to hide: 3 of 4 workers, e-mail a@b.example | nothing to hide: 3 of 4 workers, e-mail a@b.example",
        "pull docker://registry.example.com/a@sha256:0123 | pull docker://registry.example.com/a@sha256:0123",
      })
  void aSecretIsRedactedAndTheRestStays(String text, String shown) {
    assertThat(ShownText.message(text.replace("@@", TOKEN))).isEqualTo(shown);
  }

  @Test
  void aPrivateKeyIsRedactedToItsEnd() {
    assertThat(
            ShownText.message(
                "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb"))
        .isEqualTo("a\n[redacted]\nb");
    assertThat(ShownText.message("a\n-----BEGIN PRIVATE KEY-----\nMIIE"))
        .isEqualTo("a\n[redacted]");
  }

  @Test
  void controlCharactersAreNotShown() {
    assertThat(
            ShownText.message(
                "\u001B[31mred\u001B[0m\u0007 a\u202Eb\u200Bc\uD800 10%\r20%\r\nend\tß"))
        .isEqualTo("red abc 10%\n20%\nend\tß");
    assertThat(ShownText.word("a\nb\tc")).isEqualTo("a b c");
  }

  /** Control characters within a secret do not hide it from the pattern. */
  @Test
  void aSecretWithControlCharactersIsRedacted() {
    assertThat(ShownText.message("hf_\u0000" + "a".repeat(34))).isEqualTo("[redacted]");
  }

  @Test
  void ofALongMessageBeginningAndEndStay() {
    String shown =
        ShownText.message(
            "Deploying app failed\n" + "  File\n".repeat(200_000) + "OSError: no weights");

    assertThat(shown)
        .startsWith("Deploying app failed\n")
        .contains(" characters are left out ")
        .endsWith("\nOSError: no weights")
        .hasSizeLessThan(ShownText.MESSAGE + 100);
  }

  /** Half of a token would not be known as one. */
  @Test
  void aSecretWhereTheMessageIsCutIsNotShown() {
    int end = ShownText.MESSAGE - 2_048;
    for (int i = 0; i <= 60; i++) {
      String atTheFirstCut = " ".repeat(2_000 + i) + TOKEN + " y".repeat(20_000);
      String atTheSecondCut = " y".repeat(20_000) + " " + TOKEN + " ".repeat(end - i);

      assertThat(ShownText.message(atTheFirstCut)).doesNotContain("aaaa");
      assertThat(ShownText.message(atTheSecondCut)).doesNotContain("aaaa");
    }
    assertThat(ShownText.message("a".repeat(1_000_000))).hasSizeLessThan(100);
  }

  @Test
  void aCutKeepsWholeCharacters() {
    assertThat(ShownText.cut("abcd", 4)).isEqualTo("abcd");
    assertThat(ShownText.cut("abcde", 4)).isEqualTo("abc…");
    assertThat(ShownText.cut("ab\uD83D\uDE00e", 4)).isEqualTo("ab…");
  }
}
