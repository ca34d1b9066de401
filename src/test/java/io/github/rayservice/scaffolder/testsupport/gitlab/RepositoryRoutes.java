package io.github.rayservice.scaffolder.testsupport.gitlab;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** Requests about branches, trees, files and commits, answered from the real repository. */
final class RepositoryRoutes {
  private final FakeGitlab gitlab;
  private final GitCommand git;
  private Optional<Listing> last = Optional.empty();

  /**
   * The listed trees. Pages of one tree are requested one after another, and trees never change.
   */
  private record Listing(String tree, String prefix, boolean recursive, List<ObjectNode> entries) {}

  RepositoryRoutes(FakeGitlab gitlab) {
    this.gitlab = gitlab;
    this.git = gitlab.git();
  }

  GitlabResponse branches(GitlabRequest call) {
    String search = call.text("search").orElse("");
    List<String> names = git.lines("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads");
    return GitlabResponse.page(
        call, names.stream().filter(n -> n.contains(search)).map(this::shownBranch).toList());
  }

  GitlabResponse branch(String name) {
    return gitlab.head(name).isEmpty()
        ? GitlabResponse.notFound("Branch")
        : GitlabResponse.of(200, shownBranch(name));
  }

  GitlabResponse createBranch(GitlabRequest call) {
    String name = call.required("branch");
    String ref = call.required("ref");
    if (!Repository.isValidRefName("refs/heads/" + name) || name.startsWith("-")) {
      return GitlabResponse.message(400, "Branch name is invalid");
    }
    if (gitlab.head(name).isPresent()) {
      return GitlabResponse.message(400, "Branch already exists");
    }
    Optional<String> commit = gitlab.commit(ref);
    if (commit.isEmpty()) {
      return GitlabResponse.message(400, "Invalid reference name: " + ref);
    }
    git.run("update-ref", "refs/heads/" + name, commit.get(), "");
    return GitlabResponse.of(201, shownBranch(name));
  }

  GitlabResponse deleteBranch(String name) {
    if (gitlab.head(name).isEmpty()) {
      return GitlabResponse.notFound("Branch");
    }
    if (name.equals("main")) {
      return GitlabResponse.message(405, "Cannot remove HEAD branch");
    }
    git.run("update-ref", "-d", "refs/heads/" + name);
    return GitlabResponse.nothing();
  }

  private ObjectNode shownBranch(String name) {
    boolean main = name.equals("main");
    ObjectNode branch =
        GitlabResponse.JSON
            .createObjectNode()
            .put("name", name)
            .put("merged", false)
            .put("protected", gitlab.isProtected(name))
            .put("default", main)
            .put("can_push", !gitlab.isProtected(name))
            .put("web_url", gitlab.page("tree/" + name));
    branch.set("commit", shownCommit(gitlab, gitlab.head(name).orElseThrow()));
    return branch;
  }

  GitlabResponse commit(String ref) {
    return gitlab
        .commit(ref)
        .map(sha -> GitlabResponse.of(200, shownCommit(gitlab, sha)))
        .orElseGet(() -> GitlabResponse.notFound("Commit"));
  }

  static ObjectNode shownCommit(FakeGitlab gitlab, String sha) {
    String[] parts =
        gitlab.git().run("show", "-s", "--format=%P%n%an%n%ae%n%cI%n%B", sha).split("\n", 5);
    String message = parts.length > 4 ? parts[4] : "";
    ObjectNode commit =
        GitlabResponse.JSON
            .createObjectNode()
            .put("id", sha)
            .put("short_id", sha.substring(0, 8))
            .put("title", message.lines().findFirst().orElse(""))
            .put("message", message)
            .put("author_name", parts[1])
            .put("author_email", parts[2])
            .put("created_at", parts[3])
            .put("committed_date", parts[3])
            .put("web_url", gitlab.page("commit/" + sha));
    ArrayNode parents = commit.putArray("parent_ids");
    parts[0].lines().flatMap(l -> List.of(l.split(" ", -1)).stream()).forEach(parents::add);
    return commit;
  }

  GitlabResponse tree(GitlabRequest call) {
    Optional<String> commit = gitlab.commit(call.text("ref").orElse("main"));
    if (commit.isEmpty()) {
      return GitlabResponse.notFound("Tree");
    }
    String path = call.text("path").orElse("").replaceAll("^/|/$", "");
    String[] found = idAndType(commit.get() + ":" + path);
    if (!found[1].equals("tree")) {
      return GitlabResponse.notFound("invalid revision or path");
    }
    boolean recursive = call.text("recursive").map(Boolean::parseBoolean).orElse(false);
    return GitlabResponse.page(
        call, entries(found[0], path.isEmpty() ? "" : path + "/", recursive));
  }

  /** Id and type of an object; the type of a missing object is "missing". */
  private String[] idAndType(String name) {
    String line = git.runWith(name + "\n", "cat-file", "--batch-check=%(objectname) %(objecttype)");
    return new String[] {line.split(" ", 2)[0], line.substring(line.lastIndexOf(' ') + 1)};
  }

  private List<ObjectNode> entries(String tree, String prefix, boolean recursive) {
    if (last.filter(l -> l.tree().equals(tree))
        .filter(l -> l.prefix().equals(prefix) && l.recursive() == recursive)
        .isEmpty()) {
      String listed =
          recursive ? git.run("ls-tree", "-z", "-r", "-t", tree) : git.run("ls-tree", "-z", tree);
      List<ObjectNode> entries = new ArrayList<>();
      for (String line : listed.split("\0", -1)) {
        if (!line.isEmpty()) {
          entries.add(entry(line, prefix));
        }
      }
      last = Optional.of(new Listing(tree, prefix, recursive, entries));
    }
    return last.orElseThrow().entries();
  }

  private static ObjectNode entry(String line, String prefix) {
    String path = line.substring(line.indexOf('\t') + 1);
    String[] fields = line.substring(0, line.indexOf('\t')).split(" ", 3);
    return GitlabResponse.JSON
        .createObjectNode()
        .put("id", fields[2])
        .put("name", path.substring(path.lastIndexOf('/') + 1))
        .put("type", fields[1])
        .put("path", prefix + path)
        .put("mode", fields[0]);
  }

  GitlabResponse file(GitlabRequest call, String path) {
    String ref = call.required("ref");
    Optional<String> commit = gitlab.commit(ref);
    if (commit.isEmpty()) {
      return GitlabResponse.notFound("Commit");
    }
    String[] found = idAndType(commit.get() + ":" + path);
    if (!found[1].equals("blob")) {
      return GitlabResponse.notFound("File");
    }
    byte[] content = content(found[0]);
    String mode = git.run("ls-tree", "--format=%(objectmode)", commit.get(), "--", path);
    return GitlabResponse.of(
        200,
        GitlabResponse.JSON
            .createObjectNode()
            .put("file_name", path.substring(path.lastIndexOf('/') + 1))
            .put("file_path", path)
            .put("size", content.length)
            .put("encoding", "base64")
            .put("content_sha256", DigestUtils.sha256Hex(content))
            .put("ref", ref)
            .put("blob_id", found[0])
            .put("commit_id", commit.get())
            .put("last_commit_id", git.run("log", "-1", "--format=%H", commit.get(), "--", path))
            .put("execute_filemode", mode.equals("100755"))
            .put("content", Base64.getEncoder().encodeToString(content)));
  }

  private byte[] content(String blob) {
    try (Repository repository =
        new FileRepositoryBuilder().setGitDir(git.directory().toFile()).build()) {
      return repository.open(ObjectId.fromString(blob)).getBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
