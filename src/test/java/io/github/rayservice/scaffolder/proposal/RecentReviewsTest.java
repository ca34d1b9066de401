package io.github.rayservice.scaffolder.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.GitlabFixture;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads of merge requests, with a GitLab that counts its looks. */
class RecentReviewsTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");

  private final MergeRequestCache cache = new MergeRequestCache(() -> {});
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final RecentReviews reviews = reviews("10M");
  private final AtomicInteger looks = new AtomicInteger();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private RecentReviews reviews(String maxAge) {
    return new RecentReviews(
        GitlabFixture.config(Map.of("scaffolder.gitlab.review-max-age", maxAge)), cache, executor);
  }

  private static MergeRequest request(String state) {
    try {
      return JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .build()
          .readValue(
              """
              {"iid": 1, "state": "%s", "source_branch": "rayservice/team-ml/text-ml",
               "target_branch": "main", "web_url": "https://gitlab.company.com/1", "title": "Create"}
              """
                  .formatted(state),
              MergeRequest.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<MergeRequest> opened() {
    looks.incrementAndGet();
    return Optional.of(cache.record(ID, request("opened")));
  }

  private Optional<MergeRequest> none() {
    looks.incrementAndGet();
    return Optional.empty();
  }

  @Test
  void manyReadsAreOneLook() {
    for (int i = 0; i < 100; i++) {
      assertThat(reviews.newest(ID, this::opened)).contains(request("opened"));
    }
    assertThat(looks).hasValue(1);
  }

  @Test
  void whatGitlabDoesNotKnowIsOneLookToo() {
    for (int i = 0; i < 100; i++) {
      assertThat(reviews.newest(ID, this::none)).isEmpty();
    }
    assertThat(looks).hasValue(1);
  }

  @Test
  void whoAsksMeanwhileWaitsForTheSameAnswer() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    List<Future<Optional<MergeRequest>>> readers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      readers.add(
          executor.submit(() ->
              reviews.newest(
                  ID,
                  () -> {
                    awaitUninterrupted(answer);
                    return opened();
                  })));
    }

    answer.countDown();

    for (Future<Optional<MergeRequest>> reader : readers) {
      assertThat(reader.get()).contains(request("opened"));
    }
    assertThat(looks).hasValue(1);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Of a webhook, a poll or a write of this service. */
  @Test
  void whatIsLearnedMeanwhileIsShownAtOnce() {
    assertThat(reviews.newest(ID, this::opened)).contains(request("opened"));
    cache.record(ID, request("merged"));
    assertThat(reviews.newest(ID, this::opened)).contains(request("merged"));

    RayServiceId fresh = new RayServiceId("team-ml", "fresh");
    assertThat(reviews.newest(fresh, this::none)).isEmpty();
    cache.record(fresh, request("opened"));
    assertThat(reviews.newest(fresh, this::none)).contains(request("opened"));
    assertThat(looks).hasValue(2);
  }

  @Test
  void aLookThatFailsIsNotRemembered() {
    assertThatThrownBy(() ->
            reviews.newest(
                ID,
                () -> {
                  throw GitlabFixture.away();
                }))
        .isInstanceOf(GitlabException.Unavailable.class);

    // Who asks at the very end of it may still get its outcome.
    await()
        .ignoreExceptionsInstanceOf(GitlabException.Unavailable.class)
        .until(() -> reviews.newest(ID, this::opened).isPresent());
  }

  @Test
  void whatWasMergedIsOneLook() {
    for (int i = 0; i < 100; i++) {
      assertThat(
              reviews.merged(
                  ID,
                  () -> {
                    looks.incrementAndGet();
                    return List.of(request("merged"));
                  }))
          .hasSize(1);
    }
    assertThat(looks).hasValue(1);
  }

  @Test
  void withoutAnAgeEachReadIsALook() {
    RecentReviews none = reviews("0s");

    none.newest(ID, this::opened);
    none.newest(ID, this::opened);

    assertThat(looks).hasValue(2);
  }
}
