package io.github.rayservice.scaffolder.testsupport;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.github.rayservice.scaffolder.gitops.GitCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The part of GitLab's REST API v4 that this service uses, beside a real Git server on the same
 * port, because GitLab itself cannot be had in a build. It keeps merge requests, reads branches
 * from the real repository, checks tokens and parameters, and refuses what GitLab refuses with the
 * bodies that GitLab sends.
 */
public final class FakeGitlab implements AutoCloseable {
  public static final String PROJECT = "platform/gitops";

  /** May do everything that this service needs. */
  public static final String TOKEN = "glpat-canary-0123456789";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> STATES = Set.of("opened", "closed", "merged", "locked", "all");
  private static final String API = "/api/v4";

  private final GitServer server;
  private final GitCommand git;
  private final List<ObjectNode> mergeRequests = new ArrayList<>();
  private final Map<String, Set<String>> scopes = new HashMap<>();
  private final Map<String, AtomicInteger> failures = new HashMap<>();
  private final Map<String, Failure> failing = new HashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Long> users = Map.of("rayservice", 1L, "ann", 11L, "bob", 12L);
  private int preparing;
  private boolean mayMerge = true;
  private volatile Runnable afterPush = () -> {};
  private volatile Runnable beforeMerge = () -> {};

  /** An answer that GitLab gives instead of its own. */
  public record Failure(int status, String contentType, String body) {}

  private FakeGitlab(GitServer server, GitCommand git) {
    this.server = server;
    this.git = git;
  }

  public static FakeGitlab start(Path root) throws IOException {
    return start(root, 0);
  }

  /** Starts on a port; 0 takes a free one. */
  public static FakeGitlab start(Path root, int port) throws IOException {
    GitServer server = GitServer.start(root, port);
    GitCommand git = server.create(PROJECT);
    FakeGitlab gitlab = new FakeGitlab(server, git);
    gitlab.scopes.put(TOKEN, Set.of("api", "write_repository"));
    server.acceptTokens(token -> {
      Set<String> granted = gitlab.scopes.getOrDefault(token, Set.of());
      return granted.contains("write_repository") || granted.contains("api");
    });
    // Git tells hooks what was pushed and with which options; the rest happens in Java.
    GitServer.hook(
        git,
        "post-receive",
        """
        {
          while read -r old new ref; do echo "ref $new $ref"; done
          i=0
          while [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
            eval "printf 'option %s\\n' \\"\\$GIT_PUSH_OPTION_$i\\""
            i=$((i + 1))
          done
        } >> pushed
        """);
    server.afterPush(() -> {
      gitlab.readPush();
      gitlab.afterPush.run();
    });
    server.also(API, gitlab::serve);
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

  /** Method and path of all calls of the API so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Another token, with these scopes. */
  public synchronized void grant(String token, String... granted) {
    scopes.put(token, Set.of(granted));
  }

  /** A token ends. */
  public synchronized void revoke(String token) {
    scopes.remove(token);
  }

  /** The next calls whose method and path begin so are answered otherwise. */
  public synchronized void fail(String prefix, int times, Failure failure) {
    failures.put(prefix, new AtomicInteger(times));
    failing.put(prefix, failure);
  }

  /** All merge requests, oldest first, as the API shows them. */
  public synchronized List<JsonNode> mergeRequests() {
    return mergeRequests.stream().map(mr -> (JsonNode) shown(mr).deepCopy()).toList();
  }

  /** Something else happens right after each push. */
  public void afterPush(Runnable action) {
    afterPush = action;
  }

  /** Something else happens right before the next merge. */
  public void beforeMerge(Runnable action) {
    beforeMerge = action;
  }

  private synchronized void readPush() {
    Path pushed = git.directory().resolve("pushed");
    List<String> branches = new ArrayList<>();
    List<String> options = new ArrayList<>();
    try {
      if (Files.notExists(pushed)) {
        return;
      }
      for (String line : Files.readAllLines(pushed)) {
        if (line.startsWith("option ")) {
          options.add(line.substring("option ".length()));
        } else if (line.contains(" refs/heads/")) {
          branches.add(line.substring(line.indexOf("refs/heads/") + "refs/heads/".length()));
        }
      }
      Files.delete(pushed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (options.stream().anyMatch(o -> o.equals("merge_request.create"))) {
      branches.forEach(branch -> byPushOptions(branch, options));
    }
  }

  private void byPushOptions(String branch, List<String> options) {
    if (branch.equals("main") || open(branch, "main").isPresent()) {
      return;
    }
    ObjectNode asked = JSON.createObjectNode().put("source_branch", branch);
    List<String> labels = new ArrayList<>();
    for (String option : options) {
      String value = option.substring(option.indexOf('=') + 1).replace("\\n", "\n");
      switch (option.substring(0, option.contains("=") ? option.indexOf('=') : option.length())) {
        case "merge_request.target" -> asked.put("target_branch", value);
        case "merge_request.title" -> asked.put("title", value);
        case "merge_request.description" -> asked.put("description", value);
        case "merge_request.remove_source_branch" -> asked.put("remove_source_branch", true);
        case "merge_request.squash" -> asked.put("squash", true);
        case "merge_request.label" -> labels.add(value);
        default -> {}
      }
    }
    asked.put("labels", String.join(",", labels));
    mergeRequests.add(made(asked));
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getRawPath().substring(API.length());
      String call = exchange.getRequestMethod() + " " + path;
      requests.add(call);
      Answer answer;
      try {
        answer = answer(exchange, call, path, body);
      } catch (RuntimeException e) {
        answer = new Answer(500, "application/json", "{\"message\":\"500 " + e + "\"}");
      }
      byte[] text = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), text.length == 0 ? -1 : text.length);
      exchange.getResponseBody().write(text);
    }
  }

  private record Answer(int status, String contentType, String body) {
    static Answer of(int status, JsonNode body) {
      return new Answer(status, "application/json", body.toString());
    }

    static Answer message(int status, String message) {
      return of(status, JSON.createObjectNode().put("message", message));
    }

    static Answer messages(int status, String message) {
      ObjectNode body = JSON.createObjectNode();
      body.putArray("message").add(message);
      return of(status, body);
    }

    static Answer error(String error) {
      return of(400, JSON.createObjectNode().put("error", error));
    }
  }

  private synchronized Answer answer(HttpExchange exchange, String call, String path, byte[] body)
      throws IOException {
    for (Map.Entry<String, AtomicInteger> failure : failures.entrySet()) {
      if (call.startsWith(failure.getKey()) && failure.getValue().getAndDecrement() > 0) {
        Failure instead = failing.get(failure.getKey());
        return new Answer(instead.status(), instead.contentType(), instead.body());
      }
    }
    Optional<Answer> denied = denied(exchange);
    if (denied.isPresent()) {
      return denied.get();
    }
    if (path.equals("/personal_access_tokens/self")) {
      return token(exchange);
    }
    if (path.equals("/users")) {
      String name = query(exchange).getOrDefault("username", "");
      ArrayNode found = JSON.createArrayNode();
      Optional.ofNullable(users.get(name)).ifPresent(id -> found.add(user(id)));
      return Answer.of(200, found);
    }
    String project = "/projects/" + PROJECT.replace("/", "%2F");
    String byNumber = "/projects/1";
    String rest;
    if (path.startsWith(project)) {
      rest = path.substring(project.length());
    } else if (path.startsWith(byNumber)) {
      rest = path.substring(byNumber.length());
    } else {
      return Answer.message(404, "404 Project Not Found");
    }
    JsonNode asked = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    return project(exchange, rest, asked);
  }

  private Optional<Answer> denied(HttpExchange exchange) {
    Set<String> granted = scopes.get(tokenOf(exchange));
    if (granted == null) {
      return Optional.of(Answer.message(401, "401 Unauthorized"));
    }
    boolean reads = exchange.getRequestMethod().equals("GET");
    if (granted.contains("api") || (reads && granted.contains("read_api"))) {
      return Optional.empty();
    }
    ObjectNode body =
        JSON.createObjectNode()
            .put("error", "insufficient_scope")
            .put(
                "error_description",
                "The request requires higher privileges than provided by the access token.")
            .put("scope", reads ? "api read_api" : "api");
    return Optional.of(Answer.of(403, body));
  }

  private static String tokenOf(HttpExchange exchange) {
    String bearer = exchange.getRequestHeaders().getFirst("Authorization");
    String token = exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN");
    if (token != null) {
      return token;
    }
    return bearer != null && bearer.startsWith("Bearer ") ? bearer.substring(7) : "";
  }

  private Answer token(HttpExchange exchange) {
    ObjectNode token =
        JSON.createObjectNode().put("id", 1).put("name", "rayservice").put("active", true);
    token.put("revoked", false).putNull("expires_at");
    ArrayNode granted = token.putArray("scopes");
    scopes.get(tokenOf(exchange)).stream().sorted().forEach(granted::add);
    return Answer.of(200, token);
  }

  private Answer project(HttpExchange exchange, String rest, JsonNode asked) {
    String[] parts = rest.split("/", -1);
    String method = exchange.getRequestMethod();
    if (rest.equals("/merge_requests")) {
      return method.equals("POST") ? create(asked) : list(query(exchange));
    }
    if (parts.length >= 3 && parts[1].equals("merge_requests") && parts[2].matches("\\d+")) {
      Optional<ObjectNode> found =
          mergeRequests.stream().filter(mr -> mr.path("iid").asText().equals(parts[2])).findFirst();
      if (found.isEmpty()) {
        return Answer.message(404, "404 Not found");
      }
      if (parts.length == 4 && parts[3].equals("merge") && method.equals("PUT")) {
        return merge(found.get(), asked);
      }
      return method.equals("PUT") ? edit(found.get(), asked) : Answer.of(200, single(found.get()));
    }
    if (rest.startsWith("/repository/branches/") && method.equals("DELETE")) {
      String branch = URLDecoder.decode(rest.substring("/repository/branches/".length()), UTF_8);
      if (head(branch).isEmpty()) {
        return Answer.message(404, "404 Branch Not Found");
      }
      git.run("update-ref", "-d", "refs/heads/" + branch);
      return new Answer(204, "application/json", "");
    }
    return rest.isEmpty()
        ? Answer.of(
            200,
            JSON.createObjectNode()
                .put("id", 1)
                .put("path_with_namespace", PROJECT)
                .put("default_branch", "main")
                .put("web_url", url() + "/" + PROJECT)
                .put("http_url_to_repo", server.urlOf(PROJECT)))
        : Answer.error("404 Not Found");
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String raw = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    Arrays.stream(raw.split("&"))
        .filter(p -> p.contains("="))
        .map(p -> p.split("=", 2))
        .forEach(p -> query.put(p[0], URLDecoder.decode(p[1], UTF_8)));
    return query;
  }

  private Answer list(Map<String, String> query) {
    String state = query.getOrDefault("state", "all");
    if (!STATES.contains(state)) {
      return Answer.error("state does not have a valid value");
    }
    long perPage = Math.min(100, Long.parseLong(query.getOrDefault("per_page", "20")));
    long page = Long.parseLong(query.getOrDefault("page", "1"));
    Comparator<JsonNode> order = Comparator.comparingLong(mr -> mr.path("iid").asLong());
    ArrayNode found = JSON.createArrayNode();
    mergeRequests.stream()
        .filter(mr -> state.equals("all") || mr.path("state").asText().equals(state))
        .filter(mr -> matches(query, mr, "source_branch"))
        .filter(mr -> matches(query, mr, "target_branch"))
        .sorted(query.getOrDefault("sort", "desc").equals("asc") ? order : order.reversed())
        .skip((page - 1) * perPage)
        .limit(perPage)
        .forEach(mr -> found.add(shown(mr)));
    return Answer.of(200, found);
  }

  private static boolean matches(Map<String, String> query, JsonNode mr, String field) {
    return !query.containsKey(field) || query.get(field).equals(mr.path(field).asText());
  }

  private Answer create(JsonNode asked) {
    for (String field : List.of("source_branch", "target_branch", "title")) {
      if (!asked.hasNonNull(field)) {
        return Answer.error(field + " is missing");
      }
    }
    for (String field : List.of("title", "source_branch")) {
      if (asked.path(field).asText().isBlank()) {
        return Answer.error(field + " is empty");
      }
    }
    if (asked.path("title").asText().length() > 255) {
      ObjectNode body = JSON.createObjectNode();
      body.putObject("message").putArray("title").add("is too long (maximum is 255 characters)");
      return Answer.of(400, body);
    }
    String source = asked.path("source_branch").asText();
    String target = asked.path("target_branch").asText();
    if (source.equals(target)) {
      return Answer.messages(422, "You can't use same project/branch for source and target");
    }
    for (String branch : List.of(source, target)) {
      if (head(branch).isEmpty()) {
        String side = branch.equals(source) ? "Source" : "Target";
        return Answer.messages(400, side + " branch \"" + branch + "\" does not exist");
      }
    }
    Optional<ObjectNode> other = open(source, target);
    if (other.isPresent()) {
      return Answer.messages(
          409,
          "Another open merge request already exists for this source branch: !"
              + other.get().path("iid").asLong());
    }
    ObjectNode made = made(asked);
    mergeRequests.add(made);
    return Answer.of(201, shown(made));
  }

  private Optional<ObjectNode> open(String source, String target) {
    return mergeRequests.stream()
        .filter(mr -> mr.path("state").asText().equals("opened"))
        .filter(mr -> mr.path("source_branch").asText().equals(source))
        .filter(mr -> mr.path("target_branch").asText().equals(target))
        .findFirst();
  }

  private ObjectNode made(JsonNode asked) {
    int iid = mergeRequests.size() + 1;
    String title = asked.path("title").asText();
    ObjectNode made =
        JSON.createObjectNode()
            .put("id", 1000 + iid)
            .put("iid", iid)
            .put("project_id", 1)
            .put("state", "opened")
            .put("title", title)
            .put("description", asked.path("description").asText())
            .put("source_branch", asked.path("source_branch").asText())
            .put("target_branch", asked.path("target_branch").asText("main"))
            .put("web_url", url() + "/" + PROJECT + "/-/merge_requests/" + iid)
            .put("force_remove_source_branch", asked.path("remove_source_branch").asBoolean())
            .put("squash", asked.path("squash").asBoolean());
    label(made, asked.path("labels").asText(), Set.of());
    made.put("merge_when_pipeline_succeeds", false);
    made.putArray("assignees");
    made.putArray("reviewers");
    people(made, asked);
    return touched(made);
  }

  private static ObjectNode touched(ObjectNode mr) {
    return mr.put("updated_at", Instant.now().toString());
  }

  private ObjectNode user(long id) {
    String name =
        users.entrySet().stream()
            .filter(u -> u.getValue() == id)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    return JSON.createObjectNode().put("id", id).put("username", name).put("state", "active");
  }

  private void people(ObjectNode mr, JsonNode asked) {
    for (String role : List.of("assignee", "reviewer")) {
      if (asked.has(role + "_ids")) {
        ArrayNode array = mr.putArray(role + "s");
        asked
            .path(role + "_ids")
            .forEach(id -> {
              if (users.containsValue(id.asLong())) {
                array.add(user(id.asLong()));
              }
            });
      }
    }
  }

  /** Lists leave the pipeline out. */
  private ObjectNode single(ObjectNode mr) {
    ObjectNode whole = shown(mr).deepCopy();
    if (whole.has("pipeline")) {
      whole
          .putObject("head_pipeline")
          .put("id", 77)
          .put("status", mr.path("pipeline").asText())
          .put("web_url", url() + "/" + PROJECT + "/-/pipelines/77");
    } else {
      whole.putNull("head_pipeline");
    }
    return whole;
  }

  /** The pipeline of a merge request's head gets this status. */
  public synchronized void pipeline(int iid, String status) {
    touched(mergeRequests.get(iid - 1)).put("pipeline", status);
  }

  /** So many wishes to merge come while GitLab is still preparing the merge request. */
  public synchronized void prepare(int wishes) {
    preparing = wishes;
  }

  /** Whether the token may merge. */
  public synchronized void mayMerge(boolean may) {
    mayMerge = may;
  }

  private static void label(ObjectNode mr, String labels, Set<String> kept) {
    Set<String> all = new TreeSet<>(kept);
    Arrays.stream(labels.split(",")).filter(l -> !l.isBlank()).forEach(all::add);
    ArrayNode array = mr.putArray("labels");
    all.forEach(array::add);
  }

  /** What depends on the branch is worked out when somebody looks. */
  private ObjectNode shown(ObjectNode mr) {
    boolean open = mr.path("state").asText().equals("opened");
    if (open || !mr.has("sha")) {
      head(mr.path("source_branch").asText()).ifPresent(sha -> mr.put("sha", sha));
    }
    boolean draft = mr.path("title").asText().startsWith("Draft: ");
    mr.put("draft", draft);
    mr.put("detailed_merge_status", status(mr, open, draft));
    return mr;
  }

  private String status(ObjectNode mr, boolean open, boolean draft) {
    if (!open) {
      return "not_open";
    }
    if (draft) {
      return "draft_status";
    }
    if (preparing > 0) {
      return "preparing";
    }
    return mr.path("pipeline").asText().equals("running") ? "ci_still_running" : "mergeable";
  }

  private Optional<String> head(String branch) {
    String sha = git.run("for-each-ref", "--format=%(objectname)", "refs/heads/" + branch);
    return sha.isEmpty() ? Optional.empty() : Optional.of(sha);
  }

  private Answer edit(ObjectNode mr, JsonNode asked) {
    if (asked.isEmpty()) {
      return Answer.error(
          "assignee_id, description, labels, state_event, title, target_branch are missing, at least one parameter must be provided");
    }
    for (String field : List.of("title", "description", "target_branch")) {
      if (asked.hasNonNull(field)) {
        mr.put(field, asked.path(field).asText());
      }
    }
    Set<String> kept = new TreeSet<>();
    mr.path("labels").forEach(l -> kept.add(l.asText()));
    if (asked.hasNonNull("labels")) {
      label(mr, asked.path("labels").asText(), Set.of());
    } else if (asked.hasNonNull("add_labels")) {
      label(mr, asked.path("add_labels").asText(), kept);
    }
    people(mr, asked);
    touched(mr);
    String state = mr.path("state").asText();
    String event = asked.path("state_event").asText();
    if (event.equals("close") && state.equals("opened")) {
      shown(mr).put("state", "closed");
    } else if (event.equals("reopen") && state.equals("closed")) {
      mr.put("state", "opened");
    }
    return Answer.of(200, shown(mr));
  }

  private Answer merge(ObjectNode mr, JsonNode asked) {
    beforeMerge.run();
    beforeMerge = () -> {};
    shown(mr);
    if (!mayMerge) {
      return Answer.message(401, "401 Unauthorized");
    }
    String status = mr.path("detailed_merge_status").asText();
    boolean later = asked.path("auto_merge").asBoolean() && status.equals("ci_still_running");
    if (!later && !status.equals("mergeable")) {
      preparing = Math.max(0, preparing - 1);
      return Answer.message(405, "405 Method Not Allowed");
    }
    String sha = mr.path("sha").asText();
    if (asked.hasNonNull("sha") && !asked.path("sha").asText().equals(sha)) {
      return Answer.message(409, "SHA does not match HEAD of source branch");
    }
    if (later) {
      return Answer.of(200, single(touched(mr.put("merge_when_pipeline_succeeds", true))));
    }
    String branch = mr.path("source_branch").asText();
    String main = git.run("rev-parse", "main");
    String tree =
        git.run("merge-tree", "--write-tree", main, sha).lines().findFirst().orElseThrow();
    boolean squash = mr.path("squash").asBoolean();
    String message = squash ? mr.path("title").asText() : "Merge branch '" + branch + "'";
    String merged =
        squash
            ? git.run("commit-tree", "-p", main, "-m", message, tree)
            : git.run("commit-tree", "-p", main, "-p", sha, "-m", message, tree);
    git.run("update-ref", "refs/heads/main", merged, main);
    if (mr.path("force_remove_source_branch").asBoolean()) {
      git.run("update-ref", "-d", "refs/heads/" + branch);
    }
    touched(mr).put("state", "merged").put("merge_commit_sha", merged);
    return Answer.of(200, shown(mr));
  }

  /** Merge requests of people who do something else in the project. */
  public synchronized void openUnrelated(int count) {
    for (int n = 0; n < count; n++) {
      mergeRequests.add(
          made(
              JSON.createObjectNode()
                  .put("source_branch", "feature-" + n)
                  .put("target_branch", "main")
                  .put("title", "Something else")));
    }
  }

  /** A person merges on GitLab's page. */
  public synchronized void merge(int iid) {
    require(merge(mergeRequests.get(iid - 1), JSON.createObjectNode()));
  }

  /** A person closes without merging. */
  public synchronized void close(int iid) {
    require(edit(mergeRequests.get(iid - 1), JSON.createObjectNode().put("state_event", "close")));
  }

  /** A person opens again what was closed. */
  public synchronized void reopen(int iid) {
    require(edit(mergeRequests.get(iid - 1), JSON.createObjectNode().put("state_event", "reopen")));
  }

  private static void require(Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError(answer);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
