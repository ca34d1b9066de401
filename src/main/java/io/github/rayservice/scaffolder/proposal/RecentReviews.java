package io.github.rayservice.scaffolder.proposal;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * What GitLab has just said of the merge requests of a Ray Service, for those who read. Any number
 * of readers costs GitLab one look at a time for each Ray Service, also for one that it does not
 * know; writes ask for themselves. A look that fails is not remembered.
 */
@ApplicationScoped
public class RecentReviews {
  /** Of Ray Services; somebody who asks for one name after the other fills no memory. */
  private static final int MOST = 10_000;

  /**
   * What a look found.
   *
   * @param known what the cache of merge requests had afterwards: when it has something else, a
   *     webhook, a poll or a write came later
   */
  private record Look(Optional<MergeRequest> answer, Optional<MergeRequest> known) {}

  private final MergeRequestCache cache;
  private final boolean remembers;
  private final AsyncCache<RayServiceId, Look> newest;
  private final AsyncCache<RayServiceId, List<MergeRequest>> merged;

  public RecentReviews(GitlabConfig config, MergeRequestCache cache, ExecutorService executor) {
    Duration maxAge = config.reviewMaxAge();
    Caffeine<Object, Object> builder =
        Caffeine.newBuilder().executor(executor).maximumSize(MOST).expireAfterWrite(maxAge);
    this.cache = cache;
    this.remembers = !maxAge.isZero();
    this.newest = builder.buildAsync();
    this.merged = builder.buildAsync();
  }

  /**
   * The newest merge request.
   *
   * @param look asks GitLab
   * @throws GitlabException when GitLab cannot be asked
   */
  Optional<MergeRequest> newest(RayServiceId id, Supplier<Optional<MergeRequest>> look) {
    if (!remembers) {
      return look.get();
    }
    Look found = await(() -> newest.get(id, key -> new Look(look.get(), cache.newest(key))).join());
    Optional<MergeRequest> now = cache.newest(id);
    return now.equals(found.known()) ? found.answer() : now;
  }

  /**
   * The merged merge requests.
   *
   * @param look asks GitLab
   * @throws GitlabException when GitLab cannot be asked
   */
  List<MergeRequest> merged(RayServiceId id, Supplier<List<MergeRequest>> look) {
    return remembers ? await(() -> merged.get(id, key -> look.get()).join()) : look.get();
  }

  private static <T> T await(Supplier<T> answer) {
    try {
      return answer.get();
    } catch (CompletionException e) {
      if (e.getCause() instanceof GitlabException gitlab) {
        throw gitlab;
      }
      throw e;
    }
  }
}
