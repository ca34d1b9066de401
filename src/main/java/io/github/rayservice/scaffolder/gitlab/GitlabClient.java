package io.github.rayservice.scaffolder.gitlab;

import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to GitLab about the merge requests of the configured project. A read is repeated, at
 * most 4 attempts, when GitLab cannot be reached, answers 5xx or 429. A write is repeated after a
 * 429 only, because GitLab may have carried it out otherwise.
 *
 * <p>Every request throws {@link GitlabException}.
 */
@ApplicationScoped
public class GitlabClient {
  /** GitLab's limit of {@code per_page}. */
  private static final int MAX_PAGE_SIZE = 100;

  private static final String OPENED = MergeRequestState.OPENED.word();
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Optional<GitlabProject.Settings> settings;
  private final Duration timeout;
  private @Nullable GitlabApi api;

  public GitlabClient(GitlabProject project, GitlabConfig config) {
    this.settings = project.settings();
    this.timeout = config.timeout();
  }

  private synchronized GitlabApi api() {
    if (api == null) {
      GitlabProject.Settings project = settings();
      ClientRequestFilter authentication =
          request -> request.getHeaders().putSingle("PRIVATE-TOKEN", project.token());
      api =
          QuarkusRestClientBuilder.newBuilder()
              .baseUri(URI.create(project.url()))
              .connectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .readTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              // A redirect would send the token to another host.
              .followRedirects(false)
              .register(authentication)
              .build(GitlabApi.class);
    }
    return api;
  }

  private GitlabProject.Settings settings() {
    return settings.orElseThrow(() -> new IllegalStateException("no GitLab is configured"));
  }

  private String path() {
    return settings().path();
  }

  /** The merge request of a branch that was opened last, in any state. */
  public Optional<MergeRequest> newest(String sourceBranch, String targetBranch) {
    return newest(sourceBranch, targetBranch, "all");
  }

  /** The open merge request of a branch; GitLab allows one for each target branch. */
  public Optional<MergeRequest> open(String sourceBranch, String targetBranch) {
    return newest(sourceBranch, targetBranch, "opened");
  }

  private Optional<MergeRequest> newest(String sourceBranch, String targetBranch, String state) {
    return read(() ->
            api()
                .mergeRequests(
                    path(), sourceBranch, targetBranch, state, "created_at", "desc", 1, 1))
        .stream()
        .findFirst();
  }

  /** All open merge requests into a branch, oldest first. */
  public List<MergeRequest> open(String targetBranch) {
    List<MergeRequest> all = new ArrayList<>();
    List<MergeRequest> part;
    int page = 1;
    do {
      int next = page++;
      part =
          read(() ->
              api()
                  .mergeRequests(
                      path(),
                      null,
                      targetBranch,
                      OPENED,
                      "created_at",
                      "asc",
                      MAX_PAGE_SIZE,
                      next));
      all.addAll(part);
    } while (part.size() == MAX_PAGE_SIZE);
    return all;
  }

  /**
   * Opens a merge request.
   *
   * @throws GitlabException.Refused with status 409 when the branch has an open merge request
   */
  public MergeRequest open(NewMergeRequest request) {
    return write(() -> api().open(path(), request));
  }

  /** One merge request with its pipeline, which GitLab leaves out of lists. */
  public MergeRequest mergeRequest(long iid) {
    return read(() -> api().mergeRequest(path(), iid));
  }

  /** Changes a merge request. */
  public MergeRequest edit(long iid, MergeRequestEdit edit) {
    return write(() -> api().edit(path(), iid, edit));
  }

  /**
   * Sets auto-merge: GitLab merges as soon as all checks have passed, which may be now.
   *
   * @param sha the commit at which the source branch must be
   * @throws GitlabException.Refused with status 405 or 422 when it cannot be merged, which may be
   *     temporary, and with status 409 when the branch is at another commit
   */
  public MergeRequest autoMerge(long iid, String sha) {
    return write(() -> api().merge(path(), iid, MergeParameters.autoMerge(sha)));
  }

  /**
   * Merges now.
   *
   * @param sha the commit at which the source branch must be
   * @throws GitlabException.Refused as {@link #autoMerge} does
   */
  public MergeRequest merge(long iid, String sha) {
    return write(() -> api().merge(path(), iid, MergeParameters.now(sha)));
  }

  /** The user with this name; empty when there is none or the token may not see it. */
  public Optional<User> user(String username) {
    return read(() -> api().users(username)).stream().findFirst();
  }

  /** Name, scopes and expiry of the configured token. */
  public TokenInfo token() {
    return read(() -> api().token());
  }

  /** Whether a GitLab project is configured; without one, no other method may be called. */
  public boolean isConfigured() {
    return settings.isPresent();
  }

  private <T> T read(Supplier<T> call) {
    return repeat(call, true);
  }

  private <T> T write(Supplier<T> call) {
    return repeat(call, false);
  }

  private <T> T repeat(Supplier<T> call, boolean idempotent) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (GitlabException.RateLimited e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        pause(e.retryAfter().orElse(FIRST_PAUSE.multipliedBy(1L << attempt)));
      } catch (GitlabException.Unavailable e) {
        if (attempt == ATTEMPTS || !idempotent) {
          throw e;
        }
        pause(FIRST_PAUSE.multipliedBy(1L << attempt));
      } catch (ProcessingException e) {
        if (attempt == ATTEMPTS || !idempotent) {
          Throwable cause = e.getCause() == null ? e : e.getCause();
          throw new GitlabException.Unavailable(
              "GitLab cannot be reached: " + cause.getMessage(), e);
        }
        pause(FIRST_PAUSE.multipliedBy(1L << attempt));
      }
    }
  }

  /**
   * Sleeps for half of the duration up to all of it, so that several replicas do not retry
   * together.
   */
  private static void pause(Duration duration) {
    long millis = Math.min(duration.toMillis(), LONGEST_PAUSE.toMillis());
    try {
      Thread.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitlabException.Unavailable("interrupted while waiting for GitLab", e);
    }
  }
}
