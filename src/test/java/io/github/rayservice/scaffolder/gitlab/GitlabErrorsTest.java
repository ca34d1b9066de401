package io.github.rayservice.scaffolder.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitlabErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          {"message":"405 Method Not Allowed"}                     ~ GitLab: 405 Method Not Allowed
          {"message":["first","second"]}                           ~ GitLab: first; second
          {"message":{"title":["is too long","is bad"],"x":["y"]}} ~ GitLab: title is too long; title is bad; x y
          {"error":"title is missing"}                             ~ GitLab: title is missing
          {"error":"e","error_description":"why"}                  ~ GitLab: e; why
          {"other":1}                                              ~ GitLab: {"other":1}
          plain text                                               ~ GitLab: plain text
          {"message":                                              ~ GitLab: {"message":
          """)
  void everyShapeOfAnErrorIsRead(String body, String message) {
    assertThat(GitlabErrors.of(422, null, body))
        .isInstanceOf(GitlabException.Refused.class)
        .hasMessage(message);
  }

  @Test
  void aMessageIsOneLineOfLimitedLength() {
    assertThat(GitlabErrors.of(400, null, "a\r\nb\u0007" + "x".repeat(10_000)).getMessage())
        .startsWith("GitLab: a b x")
        .hasSizeLessThan(600);
  }

  @Test
  void tooManyRequestsWithoutRetryAfterIsRetriedLater() {
    assertThat(GitlabErrors.of(429, null, "Retry later"))
        .isInstanceOfSatisfying(
            GitlabException.RateLimited.class, e -> assertThat(e.retryAfter()).isEmpty());
    assertThat(GitlabErrors.of(429, "17", ""))
        .isInstanceOfSatisfying(
            GitlabException.RateLimited.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(17)));
    assertThat(GitlabErrors.of(429, "Wed, 21 Oct 2026 07:28:00 GMT", ""))
        .isInstanceOfSatisfying(
            GitlabException.RateLimited.class, e -> assertThat(e.retryAfter()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "401,wrong token,does not accept scaffolder.gitlab.token",
    "403,insufficient_scope,lacks a scope",
    "403,403 Forbidden,lacks a right",
  })
  void theMessageNamesWhatTheTokenLacks(int status, String body, String message) {
    assertThat(GitlabErrors.of(status, null, body))
        .isInstanceOf(GitlabException.Denied.class)
        .hasMessageContaining(message);
  }
}
