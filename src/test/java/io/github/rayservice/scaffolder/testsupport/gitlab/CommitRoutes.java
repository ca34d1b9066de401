package io.github.rayservice.scaffolder.testsupport.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResponse.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** Commits of several files through the API, written into the real repository. */
final class CommitRoutes {
  private static final List<String> ACTIONS =
      List.of("create", "delete", "move", "update", "chmod");

  private final FakeGitlab gitlab;

  CommitRoutes(FakeGitlab gitlab) {
    this.gitlab = gitlab;
  }

  GitlabResponse create(GitlabRequest call) {
    String branch = call.required("branch");
    String message = call.required("commit_message");
    call.required("actions");
    JsonNode actions = call.parameters().path("actions");
    checkShape(actions);
    if (gitlab.isProtected(branch)) {
      return GitlabResponse.message(
          403, "403 Forbidden - You are not allowed to push into this branch");
    }
    String parent = parent(call, branch);
    Map<String, String> modes = modes(parent);
    StringBuilder stream = new StringBuilder();
    long now = Instant.now().getEpochSecond();
    String name = call.text("author_name").orElse("rayservice");
    String email = call.text("author_email").orElse("rayservice@gitlab.example.com");
    stream.append("commit refs/heads/").append(branch).append('\n');
    for (String role : List.of("author", "committer")) {
      stream.append("%s %s <%s> %d +0000\n".formatted(role, name, email, now));
    }
    stream.append("data ").append(message.getBytes(UTF_8).length).append('\n').append(message);
    stream.append("\nfrom ").append(parent).append('\n');
    try (Repository repository =
            new FileRepositoryBuilder().setGitDir(gitlab.git().directory().toFile()).build();
        ObjectInserter objects = repository.newObjectInserter()) {
      for (JsonNode action : actions) {
        stream.append(applied(action, modes, objects));
      }
      objects.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gitlab.git().runWith(stream.toString(), "fast-import", "--quiet", "--date-format=raw");
    String sha = gitlab.head(branch).orElseThrow();
    return GitlabResponse.of(201, RepositoryRoutes.shownCommit(gitlab, sha));
  }

  private static void checkShape(JsonNode actions) {
    for (int i = 0; i < actions.size(); i++) {
      JsonNode action = actions.get(i);
      String at = "actions[" + i + "]";
      String what = action.path("action").asText();
      if (!ACTIONS.contains(what)) {
        throw new Refused(GitlabResponse.error(400, at + "[action] does not have a valid value"));
      }
      if (action.path("file_path").asText().isEmpty()) {
        throw new Refused(GitlabResponse.error(400, at + "[file_path] is missing"));
      }
      if (List.of("create", "update").contains(what) && !action.hasNonNull("content")) {
        throw new Refused(GitlabResponse.error(400, at + "[content] is missing"));
      }
      if (!List.of("", "text", "base64").contains(action.path("encoding").asText())) {
        throw new Refused(GitlabResponse.error(400, at + "[encoding] does not have a valid value"));
      }
    }
  }

  /** The parent commit: that of the branch, or of the branch to start from. */
  private String parent(GitlabRequest call, String branch) {
    Optional<String> start = call.text("start_branch").or(() -> call.text("start_sha"));
    Optional<String> head = gitlab.head(branch);
    if (start.isPresent() && !start.get().equals(branch)) {
      if (head.isPresent()) {
        throw refused(
            "A branch called '%s' already exists. Switch to that branch in order to make changes"
                .formatted(branch));
      }
      return gitlab
          .commit(start.get())
          .orElseThrow(() -> refused("Invalid reference name: " + start.get()));
    }
    return head.orElseThrow(
        () -> refused("You can only create or edit files when you are on a branch"));
  }

  private Map<String, String> modes(String commit) {
    Map<String, String> modes = new HashMap<>();
    for (String line : gitlab.git().run("ls-tree", "-z", "-r", commit).split("\0", -1)) {
      if (!line.isEmpty()) {
        String[] fields = line.substring(0, line.indexOf('\t')).split(" ", 3);
        modes.put(line.substring(line.indexOf('\t') + 1), fields[0] + " " + fields[2]);
      }
    }
    return modes;
  }

  /** One action as a line of fast-import; {@code files} has mode and blob of every file. */
  private static String applied(JsonNode action, Map<String, String> files, ObjectInserter objects)
      throws IOException {
    String what = action.path("action").asText();
    String path = safe(action.path("file_path").asText());
    String from = what.equals("move") ? safe(action.path("previous_path").asText()) : path;
    boolean makes = what.equals("create") || what.equals("move");
    if (makes && files.containsKey(path)) {
      throw refused("A file with this name already exists");
    }
    if (makes && files.keySet().stream().anyMatch(f -> f.startsWith(path + "/"))) {
      throw refused("A directory with this name already exists");
    }
    if (!what.equals("create") && !files.containsKey(from)) {
      throw refused("A file with this name doesn't exist");
    }
    String before = Optional.ofNullable(files.remove(from)).orElse("100644 ");
    String removal = "D " + quoted(from) + "\n";
    if (what.equals("delete")) {
      return removal;
    }
    String mode = before.substring(0, 6);
    if (action.hasNonNull("execute_filemode")) {
      mode = action.path("execute_filemode").asBoolean() ? "100755" : "100644";
    }
    String blob = before.substring(7);
    if (action.hasNonNull("content") && !what.equals("chmod")) {
      blob = objects.insert(Constants.OBJ_BLOB, content(action)).name();
    }
    files.put(path, mode + " " + blob);
    String line = "M " + mode + " " + blob + " " + quoted(path) + "\n";
    return what.equals("move") ? removal + line : line;
  }

  private static byte[] content(JsonNode action) {
    String text = action.path("content").asText();
    return action.path("encoding").asText().equals("base64")
        ? Base64.getMimeDecoder().decode(text)
        : text.getBytes(UTF_8);
  }

  private static String safe(String path) {
    List<String> parts = Arrays.asList(path.split("/", -1));
    if (parts.contains("..") || parts.contains(".git") || parts.contains("")) {
      throw refused("Path cannot include directory traversal");
    }
    return path;
  }

  private static String quoted(String path) {
    return '"' + path.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static Refused refused(String message) {
    return new Refused(GitlabResponse.message(400, message));
  }
}
