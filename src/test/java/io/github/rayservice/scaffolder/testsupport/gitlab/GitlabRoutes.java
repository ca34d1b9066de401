package io.github.rayservice.scaffolder.testsupport.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResponse.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** The HTTP handler of {@link FakeGitlab}: authentication, authorization and routing. */
final class GitlabRoutes {
  static final String API = "/api/v4";

  private final FakeGitlab gitlab;
  private final GitlabUsers users;
  private final MergeRequestStore mergeRequests;
  private final ProjectHooks hooks;
  private final MergeRequestNotes notes;
  private final RepositoryRoutes repository;
  private final CommitRoutes commits;
  private final CommitStatuses statuses;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  GitlabRoutes(
      FakeGitlab gitlab, GitlabUsers users, MergeRequestStore mergeRequests, ProjectHooks hooks) {
    this.hooks = hooks;
    this.gitlab = gitlab;
    this.users = users;
    this.mergeRequests = mergeRequests;
    this.notes = new MergeRequestNotes(users);
    this.repository = new RepositoryRoutes(gitlab);
    this.commits = new CommitRoutes(gitlab);
    this.statuses = new CommitStatuses(gitlab, users);
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getRawPath().substring(API.length());
      String name = exchange.getRequestMethod() + " " + path;
      requests.add(name);
      GitlabResponse answer;
      try {
        synchronized (gitlab) {
          Optional<GitlabResponse> instead = gitlab.failing(name);
          answer =
              instead.isPresent()
                  ? instead.get()
                  : answer(GitlabRequest.read(exchange, gitlab.url(), API, body));
        }
      } catch (Refused e) {
        answer = e.answer;
      } catch (RuntimeException | AssertionError e) {
        answer = GitlabResponse.message(500, "500 " + e);
      }
      byte[] text = answer.body().getBytes(UTF_8);
      answer.headers().forEach((key, value) -> exchange.getResponseHeaders().add(key, value));
      exchange.getResponseHeaders().add("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), text.length == 0 ? -1 : text.length);
      exchange.getResponseBody().write(text);
    }
  }

  private GitlabResponse answer(GitlabRequest call) {
    check(call);
    if (call.reads() && call.at("version")) {
      ObjectNode version = GitlabResponse.JSON.createObjectNode();
      return GitlabResponse.of(
          200, version.put("version", "18.6.0").put("revision", "0123456789a"));
    }
    if (call.reads() && call.at("user")) {
      return GitlabResponse.of(200, users.self());
    }
    if (call.reads() && call.at("users")) {
      return GitlabResponse.page(call, users.named(call.text("username")));
    }
    if (call.reads() && call.at("personal_access_tokens", "self")) {
      return token(call);
    }
    if (call.path().size() >= 2 && call.path().getFirst().equals("projects")) {
      String project = call.path().get(1);
      if (project.equals(gitlab.path()) || project.equals(String.valueOf(FakeGitlab.ID))) {
        return project(call.below(2));
      }
      return project.equals(FakeGitlab.PROJECT) ? moved(call) : GitlabResponse.notFound("Project");
    }
    return GitlabResponse.error(404, "404 Not Found");
  }

  private static GitlabResponse moved(GitlabRequest call) {
    if (!call.method().equals("GET")) {
      return GitlabResponse.message(405, "Non GET methods are not allowed for moved projects");
    }
    String here = call.address().replaceFirst("/projects/[^/]+", "/projects/" + FakeGitlab.ID);
    return new GitlabResponse(
        301,
        "text/plain",
        "This resource has been moved permanently to " + here + ".",
        Map.of("Location", here));
  }

  private void check(GitlabRequest call) {
    Optional<Set<String>> granted = gitlab.scopes(call.token());
    if (granted.isEmpty()) {
      throw new Refused(GitlabResponse.message(401, "401 Unauthorized"));
    }
    Set<String> scopes = granted.get();
    if (scopes.contains("api") || (call.reads() && scopes.contains("read_api"))) {
      return;
    }
    throw new Refused(
        GitlabResponse.of(
            403,
            GitlabResponse.JSON
                .createObjectNode()
                .put("error", "insufficient_scope")
                .put(
                    "error_description",
                    "The request requires higher privileges than provided by the access token.")
                .put("scope", call.reads() ? "api read_api" : "api")));
  }

  private GitlabResponse token(GitlabRequest call) {
    ObjectNode token =
        GitlabResponse.JSON
            .createObjectNode()
            .put("id", 1)
            .put("name", "rayservice")
            .put("active", true);
    token.put("revoked", false).putNull("expires_at");
    ArrayNode granted = token.putArray("scopes");
    gitlab.scopes(call.token()).orElseThrow().stream().sorted().forEach(granted::add);
    return GitlabResponse.of(200, token);
  }

  private GitlabResponse project(GitlabRequest call) {
    if (call.path().isEmpty()) {
      return call.reads() ? GitlabResponse.of(200, shown()) : notAllowed();
    }
    return switch (call.path().getFirst()) {
      case "merge_requests" -> mergeRequest(call.below(1));
      case "repository" -> repository(call.below(1));
      case "protected_branches" ->
          call.reads() && call.at("protected_branches")
              ? gitlab.protectedBranches(call)
              : notAllowed();
      case "hooks" -> hook(call.below(1));
      case "statuses" ->
          call.method().equals("POST") && call.at("statuses", "*")
              ? statuses.create(call, call.path().get(1))
              : notAllowed();
      default -> GitlabResponse.error(404, "404 Not Found");
    };
  }

  private ObjectNode shown() {
    return GitlabResponse.JSON
        .createObjectNode()
        .put("id", FakeGitlab.ID)
        .put("name", "gitops")
        .put("path", "gitops")
        .put("path_with_namespace", gitlab.path())
        .put("default_branch", "main")
        .put("web_url", gitlab.url() + "/" + gitlab.path())
        .put("http_url_to_repo", gitlab.server().urlOf(gitlab.path()));
  }

  private GitlabResponse mergeRequest(GitlabRequest call) {
    String method = call.method();
    if (call.at()) {
      return switch (method) {
        case "GET" -> mergeRequests.list(call);
        case "POST" -> mergeRequests.create(call.parameters());
        default -> notAllowed();
      };
    }
    ObjectNode found =
        mergeRequests
            .find(call.path().getFirst())
            .orElseThrow(() -> new Refused(GitlabResponse.message(404, "404 Not found")));
    if (call.at("*")) {
      return switch (method) {
        case "GET" -> GitlabResponse.of(200, mergeRequests.single(found));
        case "PUT" -> mergeRequests.edit(found, call.parameters());
        default -> notAllowed();
      };
    }
    if (call.at("*", "merge")) {
      return method.equals("PUT") ? mergeRequests.merge(found, call.parameters()) : notAllowed();
    }
    if (call.at("*", "notes")) {
      return switch (method) {
        case "GET" -> notes.list(call, found);
        case "POST" -> notes.create(call, found);
        default -> notAllowed();
      };
    }
    return GitlabResponse.error(404, "404 Not Found");
  }

  private GitlabResponse hook(GitlabRequest call) {
    if (call.at("*", "events", "*", "resend") && call.method().equals("POST")) {
      return hooks.resend(call.path().getFirst(), call.path().get(2));
    }
    if (call.at("*", "events") && call.reads()) {
      return hooks.events(call, call.path().getFirst());
    }
    return switch (call.method() + " " + call.path().size()) {
      case "GET 0" -> hooks.list(call);
      case "POST 0" -> hooks.create(call);
      case "GET 1" -> hooks.get(call.path().getFirst());
      case "DELETE 1" -> hooks.delete(call.path().getFirst());
      default -> GitlabResponse.error(404, "404 Not Found");
    };
  }

  private GitlabResponse repository(GitlabRequest call) {
    GitlabResponse answer = answerRepository(call);
    if (!call.reads()) {
      gitlab.notifyAboutPushes();
    }
    return answer;
  }

  private GitlabResponse answerRepository(GitlabRequest call) {
    return switch (call.method() + " " + call.path().getFirst() + "/" + call.path().size()) {
      case "GET branches/1" -> repository.branches(call);
      case "POST branches/1" -> repository.createBranch(call);
      case "GET branches/2" -> repository.branch(call.path().get(1));
      case "DELETE branches/2" -> repository.deleteBranch(call.path().get(1));
      case "GET tree/1" -> repository.tree(call);
      case "GET files/2" -> repository.file(call, call.path().get(1));
      case "POST commits/1" -> commits.create(call);
      case "GET commits/2" -> repository.commit(call.path().get(1));
      case "GET commits/3" ->
          call.path().get(2).equals("statuses")
              ? statuses.list(call, call.path().get(1))
              : GitlabResponse.error(404, "404 Not Found");
      default -> GitlabResponse.error(404, "404 Not Found");
    };
  }

  private static GitlabResponse notAllowed() {
    return GitlabResponse.error(405, "405 Not Allowed");
  }
}
