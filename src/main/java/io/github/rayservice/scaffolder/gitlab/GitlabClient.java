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
 * GitLab's merge requests of the configured project. Reads are tried again while GitLab is away or
 * busy; a write only when it was certainly not carried out.
 *
 * <p>Every method throws {@link GitlabException}.
 */
@ApplicationScoped
public class GitlabClient {
  /** GitLab's own limit. */
  private static final int LARGEST_PAGE = 100;

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
      ClientRequestFilter login =
          request -> request.getHeaders().putSingle("PRIVATE-TOKEN", project.token());
      api =
          QuarkusRestClientBuilder.newBuilder()
              .baseUri(URI.create(project.url()))
              .connectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .readTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              // A redirect would carry the token to wherever it points.
              .followRedirects(false)
              .register(login)
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

  /** The merge request of a branch that was touched last, in any state. */
  public Optional<MergeRequest> newest(String sourceBranch, String targetBranch) {
    return read(() ->
            api()
                .mergeRequests(
                    path(), sourceBranch, targetBranch, "all", "created_at", "desc", 1, 1))
        .stream()
        .findFirst();
  }

  /** The open merge request of a branch; GitLab allows one for each target. */
  public Optional<MergeRequest> open(String sourceBranch, String targetBranch) {
    return read(() ->
            api()
                .mergeRequests(
                    path(), sourceBranch, targetBranch, OPENED, "created_at", "desc", 1, 1))
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
                      path(), null, targetBranch, OPENED, "created_at", "asc", LARGEST_PAGE, next));
      all.addAll(part);
    } while (part.size() == LARGEST_PAGE);
    return all;
  }

  /**
   * Opens a merge request.
   *
   * @throws GitlabException.Refused with status 409 when the branch has an open one
   */
  public MergeRequest open(NewMergeRequest request) {
    return write(() -> api().open(path(), request));
  }

  /** One merge request, with its pipeline; lists may be stale and leave that out. */
  public MergeRequest mergeRequest(long iid) {
    return read(() -> api().mergeRequest(path(), iid));
  }

  public MergeRequest edit(long iid, MergeRequestEdit edit) {
    return write(() -> api().edit(path(), iid, edit));
  }

  /**
   * Lets GitLab merge as soon as all checks have passed, which may be now.
   *
   * @param sha the head that the source branch must have
   * @throws GitlabException.Refused with status 405 or 422 when it cannot be merged, which may
   *     pass, and 409 when the branch has another head
   */
  public MergeRequest autoMerge(long iid, String sha) {
    return write(() -> api().accept(path(), iid, MergeParameters.later(sha)));
  }

  /**
   * Merges now.
   *
   * @param sha the head that the source branch must have
   * @throws GitlabException.Refused as {@link #autoMerge} does
   */
  public MergeRequest merge(long iid, String sha) {
    return write(() -> api().accept(path(), iid, MergeParameters.now(sha)));
  }

  /** The user with this name; empty when there is none that the token may see. */
  public Optional<User> user(String username) {
    return read(() -> api().users(username)).stream().findFirst();
  }

  /** What the configured token may do. */
  public TokenInfo token() {
    return read(() -> api().token());
  }

  /** Whether a GitLab is configured; without one nothing here may be called. */
  public boolean isConfigured() {
    return settings.isPresent();
  }

  private <T> T read(Supplier<T> call) {
    return repeat(call, true);
  }

  private <T> T write(Supplier<T> call) {
    return repeat(call, false);
  }

  private <T> T repeat(Supplier<T> call, boolean harmless) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (GitlabException.RateLimited e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        pause(e.retryAfter().orElse(FIRST_PAUSE.multipliedBy(1L << attempt)));
      } catch (GitlabException.Unavailable e) {
        if (attempt == ATTEMPTS || !harmless) {
          throw e;
        }
        pause(FIRST_PAUSE.multipliedBy(1L << attempt));
      } catch (ProcessingException e) {
        if (attempt == ATTEMPTS || !harmless) {
          Throwable cause = e.getCause() == null ? e : e.getCause();
          throw new GitlabException.Unavailable(
              "GitLab cannot be reached: " + cause.getMessage(), e);
        }
        pause(FIRST_PAUSE.multipliedBy(1L << attempt));
      }
    }
  }

  private static void pause(Duration wanted) {
    long bound = Math.min(wanted.toMillis(), LONGEST_PAUSE.toMillis());
    try {
      Thread.sleep(bound / 2 + ThreadLocalRandom.current().nextLong(bound / 2 + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitlabException.Unavailable("interrupted while waiting for GitLab", e);
    }
  }
}
