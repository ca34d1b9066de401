package io.github.rayservice.scaffolder.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How names are written into the audit log. */
class AuditLogTest {
  @ParameterizedTest
  @CsvSource({
    "user:default/jane, user:default/jane",
    "jürgen, j\\u00fcrgen",
    "jörgen, j\\u00f6rgen",
    "a b, a\\u0020b",
    "a\\b, a\\u005cb",
    "😀, \\ud83d\\ude00",
  })
  void aNameIsOneWordOfVisibleAscii(String name, String word) {
    assertThat(AuditLog.plain(name)).isEqualTo(word);
  }

  @Test
  void differentNamesAreDifferentWords() {
    String end = "x".repeat(1000);
    List<String> names =
        List.of(
            "é",
            "e\u0301",
            "è",
            "?",
            "\\u00e9",
            "a\nb",
            "ab",
            "a\u2028b",
            "a\u0000b",
            end,
            end + "y",
            end + "z",
            AuditLog.plain(end),
            "a\u200bb");

    assertThat(names.stream().map(AuditLog::plain)).doesNotHaveDuplicates();
    assertThat(names.stream().map(AuditLog::plain)).allMatch(word -> word.matches("[!-~]{1,340}"));
  }
}
