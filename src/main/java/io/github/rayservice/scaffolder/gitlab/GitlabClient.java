package io.github.rayservice.scaffolder.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.github.rayservice.scaffolder.ForeignText;
import io.quarkus.restclient.config.RestClientBuilderFactory;
import io.smallrye.faulttolerance.api.CustomBackoff;
import io.smallrye.faulttolerance.api.RetryWhen;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.rest.client.RestClientBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Requests to GitLab about the merge requests of the configured project, repeated as {@link
 * GitlabRetry} says, at most 4 attempts. Merge requests of forks are never among them, whatever
 * their branches are called.
 *
 * <p>Every request throws {@link GitlabException}.
 */
@ApplicationScoped
@Retry(maxRetries = GitlabRetry.RETRIES, delay = 0, jitter = 0)
@RetryWhen(exception = GitlabRetry.OfReads.class)
@CustomBackoff(GitlabRetry.Backoff.class)
public class GitlabClient {
  private static final ObjectMapper JSON =
      JsonMapper.builder().addModule(new JavaTimeModule()).build();
  private static final TypeReference<List<MergeRequest>> LIST = new TypeReference<>() {};
  private static final TypeReference<MergeRequest> ONE = new TypeReference<>() {};
  private static final TypeReference<List<User>> USERS = new TypeReference<>() {};
  private static final TypeReference<TokenInfo> TOKEN = new TypeReference<>() {};
  private static final TypeReference<ProjectInfo> PROJECT = new TypeReference<>() {};
  private static final TypeReference<List<ProtectedBranch>> PROTECTED = new TypeReference<>() {};

  private static final ExecutorService READERS = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * In bytes. A page has a hundred merge requests, and GitLab takes descriptions of a million
   * characters; those of this service have some thousands.
   */
  private static final int MAX_ANSWER = 8 << 20;

  /** GitLab's limit of {@code per_page}. */
  private static final int MAX_PAGE_SIZE = 100;

  /** Enough to reach the newest one of a branch behind those of some forks. */
  private static final int PAGE_SIZE = 20;

  private static final int CONFLICT = 409;
  private static final int NOT_ALLOWED = 405;

  /** GitLab's answer to all but a GET under a project's old path, which it redirects. */
  private static final String OF_MOVED_PROJECT = "moved projects";

  /** Where GitLab redirects what is asked of a project that was renamed or moved. */
  private static final Pattern MOVED = Pattern.compile("/api/v4/projects/(\\d{1,18})(?:[/?].*)?$");

  private static final int MAX_TITLE = 200;
  private static final String OPENED = MergeRequestState.OPENED.word();
  private static final String SETTINGS = "quarkus.rest-client.gitlab.";

  private final Optional<GitlabProject.Settings> settings;
  private final Duration timeout;
  private @Nullable GitlabApi api;

  /** Empty until GitLab has said it. */
  private volatile @Nullable Long projectId;

  public GitlabClient(GitlabProject project, GitlabConfig config) {
    this.settings = project.settings();
    this.timeout = config.timeout();
  }

  private synchronized GitlabApi api() {
    if (api == null) {
      GitlabProject.Settings project = settings();
      ClientRequestFilter authentication =
          request -> request.getHeaders().putSingle("PRIVATE-TOKEN", project.token());
      RestClientBuilder builder =
          RestClientBuilderFactory.getInstance()
              .newBuilder(GitlabApi.class)
              .baseUri(URI.create(project.url()))
              // A redirect would send the token to another host.
              .followRedirects(false)
              .register(authentication);
      Config configured = ConfigProvider.getConfig();
      if (configured.getOptionalValue(SETTINGS + "connect-timeout", String.class).isEmpty()) {
        builder.connectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
      }
      if (configured.getOptionalValue(SETTINGS + "read-timeout", String.class).isEmpty()) {
        builder.readTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
      }
      api = builder.build(GitlabApi.class);
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
    return list(new Listing(Optional.of(sourceBranch), targetBranch, "all", "desc", PAGE_SIZE), 1)
        .stream()
        .findFirst();
  }

  /** The merged merge requests of a branch, newest first; at most a hundred. */
  public List<MergeRequest> merged(String sourceBranch, String targetBranch) {
    return list(
        new Listing(
            Optional.of(sourceBranch),
            targetBranch,
            MergeRequestState.MERGED.word(),
            "desc",
            MAX_PAGE_SIZE),
        MAX_PAGE_SIZE);
  }

  /** All open merge requests into a branch, oldest first. */
  public List<MergeRequest> open(String targetBranch) {
    return list(
        new Listing(Optional.empty(), targetBranch, OPENED, "asc", MAX_PAGE_SIZE),
        Integer.MAX_VALUE);
  }

  /** What is asked for; {@code sort} is by the time of creation. */
  private record Listing(
      Optional<String> sourceBranch,
      String targetBranch,
      String state,
      String sort,
      int pageSize) {}

  /**
   * The first merge requests of a list that are the project's own. GitLab is asked for those only,
   * but a version that does not know the parameter lists those of forks, too.
   */
  private List<MergeRequest> list(Listing listing, int atMost) {
    long project = projectId();
    List<MergeRequest> own = new ArrayList<>();
    List<MergeRequest> page;
    int number = 1;
    do {
      int next = number++;
      page =
          call(
              LIST,
              () ->
                  api()
                      .mergeRequests(
                          path(),
                          project,
                          listing.sourceBranch().orElse(null),
                          listing.targetBranch(),
                          listing.state(),
                          "created_at",
                          listing.sort(),
                          listing.pageSize(),
                          next));
      page.stream().filter(MergeRequest::isOfProject).forEach(own::add);
    } while (page.size() == listing.pageSize() && own.size() < atMost);
    return own.size() > atMost ? own.subList(0, atMost) : own;
  }

  /** Asked for once; what GitLab answers when a merge request is opened says it, too. */
  private long projectId() {
    Long known = projectId;
    return known == null ? project().id() : known;
  }

  /** The configured project. */
  public ProjectInfo project() {
    ProjectInfo project = call(PROJECT, () -> api().project(path()));
    projectId = project.id();
    return project;
  }

  /** The project's number in GitLab; empty until GitLab has said it. */
  public Optional<Long> knownProjectId() {
    return Optional.ofNullable(projectId);
  }

  /**
   * Opens a merge request.
   *
   * @throws GitlabException.Conflict when the branch has an open merge request
   * @throws GitlabException.BranchUnseen when GitLab's API does not see the branch, or not yet
   */
  @Retry(maxRetries = GitlabRetry.RETRIES, delay = 0, jitter = 0)
  @RetryWhen(exception = GitlabRetry.OfWrites.class)
  @CustomBackoff(GitlabRetry.Backoff.class)
  public MergeRequest open(NewMergeRequest request) {
    try {
      MergeRequest opened = call(ONE, () -> api().open(path(), request));
      projectId = opened.targetProjectId();
      return opened;
    } catch (GitlabException.Refused e) {
      if (GitlabErrors.isBranchUnseen(e)) {
        throw new GitlabException.BranchUnseen(String.valueOf(e.getMessage()));
      }
      throw e.status() == CONFLICT
          ? new GitlabException.Conflict(String.valueOf(e.getMessage()))
          : e;
    }
  }

  /** One merge request with its pipeline, which GitLab leaves out of lists. */
  public MergeRequest mergeRequest(long iid) {
    return call(ONE, () -> api().mergeRequest(path(), iid));
  }

  /** Changes a merge request. */
  @Retry(maxRetries = GitlabRetry.RETRIES, delay = 0, jitter = 0)
  @RetryWhen(exception = GitlabRetry.OfWrites.class)
  @CustomBackoff(GitlabRetry.Backoff.class)
  public MergeRequest edit(long iid, MergeRequestEdit edit) {
    return call(ONE, () -> api().edit(path(), iid, edit));
  }

  /**
   * Sets auto-merge: GitLab merges as soon as all checks have passed, which may be now.
   *
   * @param sha the commit at which the source branch must be
   * @throws GitlabException.Refused with status 405 or 422 when it cannot be merged, which may be
   *     temporary, and with status 409 when the branch is at another commit
   */
  @Retry(maxRetries = GitlabRetry.RETRIES, delay = 0, jitter = 0)
  @RetryWhen(exception = GitlabRetry.OfWrites.class)
  @CustomBackoff(GitlabRetry.Backoff.class)
  public MergeRequest autoMerge(long iid, String sha) {
    return call(ONE, () -> api().merge(path(), iid, MergeParameters.autoMerge(sha)));
  }

  /**
   * Merges now.
   *
   * @param sha the commit at which the source branch must be
   * @throws GitlabException.Refused as {@link #autoMerge} does
   */
  @Retry(maxRetries = GitlabRetry.RETRIES, delay = 0, jitter = 0)
  @RetryWhen(exception = GitlabRetry.OfWrites.class)
  @CustomBackoff(GitlabRetry.Backoff.class)
  public MergeRequest merge(long iid, String sha) {
    return call(ONE, () -> api().merge(path(), iid, MergeParameters.now(sha)));
  }

  /**
   * The rules that protect branches of the project.
   *
   * @throws GitlabException.Denied when the token's role may not see them; older versions show them
   *     to Maintainers only
   */
  public List<ProtectedBranch> protectedBranches() {
    List<ProtectedBranch> all = new ArrayList<>();
    List<ProtectedBranch> page;
    int number = 1;
    do {
      int next = number++;
      page = call(PROTECTED, () -> api().protectedBranches(path(), MAX_PAGE_SIZE, next));
      all.addAll(page);
    } while (page.size() == MAX_PAGE_SIZE);
    return all;
  }

  /** The user with this name; empty when there is none or the token may not see it. */
  public Optional<User> user(String username) {
    return call(USERS, () -> api().users(username)).stream().findFirst();
  }

  /** Name, scopes and expiry of the configured token. */
  public TokenInfo token() {
    return call(TOKEN, () -> api().token());
  }

  /** Whether a GitLab project is configured; without one, no other method may be called. */
  public boolean isConfigured() {
    return settings.isPresent();
  }

  private <T> T call(TypeReference<T> type, Supplier<InputStream> request) {
    try {
      return send(type, request);
    } catch (GitlabException.Refused e) {
      if (e.status() == NOT_ALLOWED && String.valueOf(e.getMessage()).contains(OF_MOVED_PROJECT)) {
        project();
      }
      throw e;
    } catch (WebApplicationException e) {
      throw elsewhere(e.getResponse());
    }
  }

  /** The client makes errors of all answers from status 400 on; redirects are left. */
  private GitlabException elsewhere(Response redirect) {
    String location = String.valueOf(redirect.getHeaderString(HttpHeaders.LOCATION));
    Matcher moved = MOVED.matcher(location);
    if (moved.find() && !path().equals(moved.group(1))) {
      long id = Long.parseLong(moved.group(1));
      projectId = id;
      return new GitlabException.Elsewhere(
          "the project moved to %s; change scaffolder.gitlab.project".formatted(pathOf(id)));
    }
    // A query may hold what a login page is told in secret.
    String where = location.replaceFirst("[?#].*", "");
    return new GitlabException.Elsewhere(
        "%s answers in place of GitLab's API, such as the login page of a single sign-on; let this service reach the API at %s/api/v4 without it"
            .formatted(
                redirect.getHeaderString(HttpHeaders.LOCATION) == null
                    ? "something with status " + redirect.getStatus()
                    : "a redirect to " + ForeignText.line(where, MAX_TITLE),
                settings().url()));
  }

  private String pathOf(long id) {
    String number = String.valueOf(id);
    try {
      return send(PROJECT, () -> api().project(number)).pathWithNamespace();
    } catch (GitlabException | WebApplicationException e) {
      return "where GitLab does not tell, its number is " + number;
    }
  }

  private <T> T send(TypeReference<T> type, Supplier<InputStream> request) {
    byte[] answer;
    try (InputStream body = request.get()) {
      answer = read(body);
    } catch (ProcessingException e) {
      throw unreachable(e.getCause() == null ? e : e.getCause());
    } catch (IOException e) {
      throw unreachable(e);
    }
    if (answer.length > MAX_ANSWER) {
      throw new GitlabException.Unavailable(
          "GitLab at %s answers with more than %d bytes, which is no answer of GitLab's"
              .formatted(URI.create(settings().url()).getHost(), MAX_ANSWER),
          null);
    }
    try {
      return JSON.readValue(answer, type);
    } catch (IOException e) {
      String text = new String(answer, UTF_8);
      throw ForeignText.isPage(text)
          ? new GitlabException.Elsewhere(
              "%s answers in place of GitLab's API, such as the login page of a single sign-on"
                  .formatted(ForeignText.line(text, MAX_TITLE)))
          : unreachable(e);
    }
  }

  /** The client's own time ends with the beginning of an answer. */
  private byte[] read(InputStream body) throws IOException {
    Future<byte[]> reading = READERS.submit(() -> body.readNBytes(MAX_ANSWER + 1));
    try {
      return reading.get(readMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      reading.cancel(true);
      throw new IOException("its answer has not ended after %d ms".formatted(readMillis()), e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      reading.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while GitLab answered", e);
    }
  }

  private long readMillis() {
    return ConfigProvider.getConfig()
        .getOptionalValue(SETTINGS + "read-timeout", Long.class)
        .orElse(timeout.toMillis());
  }

  private static GitlabException.Unavailable unreachable(Throwable e) {
    return new GitlabException.Unavailable("GitLab cannot be reached: " + e.getMessage(), e);
  }
}
