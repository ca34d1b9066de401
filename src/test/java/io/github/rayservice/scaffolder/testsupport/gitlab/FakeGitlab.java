package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fake of the part of GitLab's REST API v4 that this service and its alternatives use, with a
 * real Git server on the same port. A real GitLab is too large for a build. The fake stores merge
 * requests, reads and writes branches and files in the real repository, checks tokens and
 * parameters, and rejects what GitLab rejects, with GitLab's own bodies. {@code ForeignClientsTest}
 * runs clients against it that were written for GitLab.
 */
public final class FakeGitlab implements AutoCloseable {
  public static final String PROJECT = "platform/gitops";

  /** The project's number. */
  static final int ID = 1;

  /** A token with every scope that this service needs. */
  public static final String TOKEN = "glpat-canary-0123456789";

  private final GitServer server;
  private final GitCommand git;
  private final MergeRequestStore mergeRequests;
  private final ProjectHooks hooks;
  private final HookEvents events;
  private final GitlabRoutes routes;
  private final Map<String, Set<String>> scopes = new HashMap<>();
  private final Map<String, AtomicInteger> failures = new HashMap<>();
  private final Map<String, Failure> failing = new HashMap<>();
  private final Set<String> protectedBranches = new HashSet<>();
  private final List<PushHooks.Rule> protectedPatterns = new ArrayList<>();
  private boolean showsProtection = true;
  private final Merging merging;
  private volatile Runnable afterPush = () -> {};
  private volatile Optional<String> externalUrl = Optional.empty();
  private volatile String path = PROJECT;

  /** A response that replaces the normal one. */
  public record Failure(int status, String contentType, String body, Map<String, String> headers) {
    public Failure(int status, String contentType, String body) {
      this(status, contentType, body, Map.of());
    }
  }

  private FakeGitlab(GitServer server, GitCommand git) {
    GitlabUsers users = new GitlabUsers();
    this.server = server;
    this.git = git;
    this.merging = new Merging(git);
    this.mergeRequests = new MergeRequestStore(this, users, merging);
    this.hooks = new ProjectHooks(this);
    this.events = new HookEvents(this, users);
    this.routes = new GitlabRoutes(this, users, mergeRequests, hooks);
  }

  public static FakeGitlab start(Path root) throws IOException {
    return start(root, 0);
  }

  /** Starts on a port; 0 selects a free port. */
  public static FakeGitlab start(Path root, int port) throws IOException {
    GitServer server = GitServer.start(root, port);
    FakeGitlab gitlab = new FakeGitlab(server, server.create(PROJECT));
    gitlab.grant(TOKEN, "api", "write_repository");
    server.acceptTokens(token -> {
      Set<String> granted = gitlab.scopes(token).orElse(Set.of());
      return granted.contains("write_repository") || granted.contains("api");
    });
    PushHooks.install(gitlab.git, gitlab.url() + "/" + PROJECT);
    server.afterPush(() -> {
      gitlab.notifyAboutPushes();
      gitlab.afterPush.run();
    });
    server.also(GitlabRoutes.API, gitlab.routes::serve);
    return gitlab;
  }

  public GitServer server() {
    return server;
  }

  public GitCommand git() {
    return git;
  }

  public String url() {
    return server.url();
  }

  /** The URL for other machines, as {@code external_url} of GitLab's own configuration. */
  public void externalUrl(String url) {
    externalUrl = Optional.of(url);
  }

  String externalUrl() {
    return externalUrl.orElse(url());
  }

  /** URL of a page of the project. */
  String page(String path) {
    return externalUrl() + "/" + this.path + "/-/" + path;
  }

  /** Where the project is now. */
  String path() {
    return path;
  }

  /**
   * Somebody renames the project, or moves it to another group. GitLab redirects Git and what is
   * read by the API, and takes no other method under the old path.
   */
  public synchronized void move(String newPath) {
    server.move(path, newPath);
    path = newPath;
  }

  /** Method and path of all API requests so far. */
  public List<String> requests() {
    return routes.requests();
  }

  /** Adds a token with these scopes. */
  public synchronized void grant(String token, String... granted) {
    scopes.put(token, Set.of(granted));
  }

  /** Revokes a token. */
  public synchronized void revoke(String token) {
    scopes.remove(token);
  }

  synchronized Optional<Set<String>> scopes(String token) {
    return Optional.ofNullable(scopes.get(token));
  }

  /** Answers the next requests whose method and path start with the prefix with this response. */
  public synchronized void fail(String prefix, int times, Failure failure) {
    failures.put(prefix, new AtomicInteger(times));
    failing.put(prefix, failure);
  }

  synchronized Optional<GitlabResponse> failing(String call) {
    for (Map.Entry<String, AtomicInteger> failure : failures.entrySet()) {
      if (call.startsWith(failure.getKey()) && failure.getValue().getAndDecrement() > 0) {
        Failure instead = failing.get(failure.getKey());
        return Optional.of(
            new GitlabResponse(
                instead.status(), instead.contentType(), instead.body(), instead.headers()));
      }
    }
    return Optional.empty();
  }

  /** Protects branches: pushes and writes through the API are rejected, merges are allowed. */
  public synchronized void protect(String branch) {
    protectedBranches.add(branch);
    protect();
  }

  /**
   * Protects all branches of this pattern: the owner of each token may push, and who has the level.
   *
   * @param level 0 nobody, 30 Developers, 40 Maintainers
   */
  public synchronized void protect(String pattern, int level, boolean forcePush) {
    protectedPatterns.add(new PushHooks.Rule(pattern, level, forcePush));
    protect();
  }

  /** Protects no branch by a pattern any more. */
  public synchronized void unprotectPatterns() {
    protectedPatterns.clear();
    protect();
  }

  /** Whether Developers may see what is protected, as in newer versions. */
  public synchronized void showProtection(boolean shown) {
    showsProtection = shown;
  }

  private void protect() {
    try {
      PushHooks.protect(git, protectedBranches, protectedPatterns);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GitlabResponse protectedBranches(GitlabRequest call) {
    if (!showsProtection) {
      return GitlabResponse.message(403, "403 Forbidden");
    }
    List<ObjectNode> rules = new ArrayList<>();
    protectedBranches.stream()
        .sorted()
        .forEach(name -> rules.add(rule(rules.size() + 1, new PushHooks.Rule(name, 40, false))));
    protectedPatterns.forEach(rule -> rules.add(rule(rules.size() + 1, rule)));
    return GitlabResponse.page(call, rules);
  }

  private static ObjectNode rule(int id, PushHooks.Rule rule) {
    ObjectNode shown =
        GitlabResponse.JSON.createObjectNode().put("id", id).put("name", rule.name());
    for (String access : List.of("push_access_levels", "merge_access_levels")) {
      shown
          .putArray(access)
          .addObject()
          .put("id", id)
          .put("access_level", rule.level())
          .put(
              "access_level_description",
              switch (rule.level()) {
                case 0 -> "No one";
                case 30 -> "Developers + Maintainers";
                default -> "Maintainers";
              })
          .putNull("user_id")
          .putNull("group_id")
          .putNull("deploy_key_id");
    }
    shown
        .withArray("push_access_levels")
        .addObject()
        .put("id", id + 100)
        .put("access_level", 40)
        .put("user_id", 1);
    return shown
        .put("allow_force_push", rule.forcePush())
        .put("code_owner_approval_required", false)
        .put("inherited", false);
  }

  synchronized boolean isProtected(String branch) {
    return protectedBranches.contains(branch);
  }

  /** Somebody who may read the project forks it; the fork has its main. */
  public synchronized Fork fork(String path) throws IOException {
    Fork fork = mergeRequests.fork(server.create(path));
    fork.copy("main");
    return fork;
  }

  /**
   * Whether lists can be narrowed to one source project. A version that cannot ignores the
   * parameter, as GitLab does with all that it does not know.
   */
  public synchronized void knowSourceProject(boolean known) {
    mergeRequests.knowSourceProject(known);
  }

  /** All merge requests, oldest first, as the API shows them. */
  public synchronized List<JsonNode> mergeRequests() {
    return mergeRequests.all();
  }

  /** Runs after each push. */
  public void afterPush(Runnable action) {
    afterPush = action;
  }

  /** The conditions and the result of merges. */
  public Merging merging() {
    return merging;
  }

  /** Notifies the webhooks about moved branches. */
  synchronized void notifyAboutPushes() {
    if (hooks.hasHooks()) {
      events.pushes().forEach(push -> hooks.happened("push", push));
    }
  }

  /** Notifies the webhooks about a changed merge request. */
  void changed(ObjectNode mergeRequest, String action) {
    notifyAboutPushes();
    if (hooks.hasHooks()) {
      hooks.happened("merge_request", events.mergeRequest(mergeRequest, action));
    }
  }

  /** Signs the deliveries of this webhook with {@link WebhookHeaders#SIGNING_TOKEN}. */
  public synchronized void sign(int hook) {
    hooks.sign(hook);
  }

  /** Loses the next webhook deliveries. */
  public synchronized void unreachable(int deliveries) {
    hooks.unreachable(deliveries);
  }

  /** Lets time pass for disabled webhooks. */
  public synchronized void pass(Duration time) {
    hooks.pass(time);
  }

  /** The newest commit of a branch. */
  Optional<String> head(String branch) {
    return head(git, branch);
  }

  static Optional<String> head(GitCommand git, String branch) {
    String ref = "refs/heads/" + branch;
    return git.lines("for-each-ref", "--format=%(objectname) %(refname)", ref).stream()
        .filter(line -> line.endsWith(" " + ref))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst();
  }

  /** The commit of a branch, a tag or a commit id. */
  Optional<String> commit(String ref) {
    String found =
        git.runWith(ref + "^{commit}\n", "cat-file", "--batch-check=%(objectname) %(objecttype)");
    return found.endsWith(" commit")
        ? Optional.of(found.substring(0, found.indexOf(' ')))
        : Optional.empty();
  }

  /** Sets the status of the pipeline of a merge request's newest commit. */
  public synchronized void pipeline(int iid, String status) {
    MergeRequestStore.touched(mergeRequests.at(iid)).put("pipeline", status);
  }

  /** Opens merge requests that have nothing to do with Ray Services. */
  public synchronized void openUnrelated(int count) {
    for (int n = 0; n < count; n++) {
      mergeRequests.add(
          GitlabResponse.JSON
              .createObjectNode()
              .put("source_branch", "feature-" + n)
              .put("target_branch", "main")
              .put("title", "Something else"));
    }
  }

  /** A person opens a merge request of this branch into main; returns its number. */
  public synchronized int open(String branch) {
    ObjectNode requested = GitlabResponse.JSON.createObjectNode();
    requested.put("source_branch", branch).put("target_branch", "main").put("title", "By hand");
    GitlabResponse answer = mergeRequests.create(requested);
    if (answer.status() != 201) {
      throw new AssertionError(answer);
    }
    return mergeRequests.all().size();
  }

  /** A person merges in GitLab's user interface. */
  public synchronized void merge(int iid) {
    require(mergeRequests.merge(mergeRequests.at(iid), GitlabResponse.JSON.createObjectNode()));
  }

  /** A person closes the merge request without a merge. */
  public synchronized void close(int iid) {
    event(iid, "close");
  }

  /** A person reopens a closed merge request. */
  public synchronized void reopen(int iid) {
    event(iid, "reopen");
  }

  private void event(int iid, String event) {
    ObjectNode requested = GitlabResponse.JSON.createObjectNode().put("state_event", event);
    require(mergeRequests.edit(mergeRequests.at(iid), requested));
  }

  private static void require(GitlabResponse answer) {
    if (answer.status() != 200) {
      throw new AssertionError(answer);
    }
  }

  @Override
  public void close() {
    hooks.close();
    server.close();
  }
}
