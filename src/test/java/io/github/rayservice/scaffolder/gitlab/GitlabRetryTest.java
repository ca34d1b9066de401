package io.github.rayservice.scaffolder.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GitlabRetryTest {
  @Test
  void thePauseDoublesFromTheFirst() {
    GitlabRetry.Backoff backoff = new GitlabRetry.Backoff();
    GitlabException away = new GitlabException.Unavailable("GitLab answers 502", null);

    for (int millis : new int[] {200, 400, 800}) {
      assertThat(backoff.nextDelayInMillis(away)).isBetween((long) millis, millis * 3L / 2);
    }
  }

  @Test
  void gitlabsOwnPauseIsTheShortest() {
    GitlabRetry.Backoff backoff = new GitlabRetry.Backoff();
    GitlabException busy = new GitlabException.RateLimited(Optional.of(Duration.ofSeconds(2)));

    assertThat(backoff.nextDelayInMillis(busy)).isBetween(2000L, 3000L);
  }
}
