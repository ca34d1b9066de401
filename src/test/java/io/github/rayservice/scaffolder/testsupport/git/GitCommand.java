package io.github.rayservice.scaffolder.testsupport.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The git command line, which verifies repositories independently of the service. */
public record GitCommand(Path directory) {
  public GitCommand {
    directory = directory.toAbsolutePath();
  }

  /** The standard output without the last line break. A failure is an error with git's output. */
  public String run(String... arguments) {
    return runWith("", arguments);
  }

  public List<String> lines(String... arguments) {
    return run(arguments).lines().toList();
  }

  public String runWith(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "GIT_AUTHOR_NAME", "A Person",
                "GIT_AUTHOR_EMAIL", "person@example.com",
                "GIT_COMMITTER_NAME", "A Person",
                "GIT_COMMITTER_EMAIL", "person@example.com",
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_CONFIG_SYSTEM", "/dev/null"));
    try {
      Process git = builder.start();
      git.getOutputStream().write(input.getBytes(UTF_8));
      git.getOutputStream().close();
      String output = new String(git.getInputStream().readAllBytes(), UTF_8);
      if (git.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + output);
      }
      return output.stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A work tree of this repository, to edit by hand. */
  public GitCommand cloneInto(Path workTree) {
    run("clone", "-q", directory.toString(), workTree.toString());
    return new GitCommand(workTree);
  }

  /** Commits everything in the work tree and pushes it. */
  public void publish(String message) {
    run("add", "-A");
    run("commit", "-q", "-m", message);
    run("push", "-q", "origin", "HEAD:main");
  }

  /** Changes a file in a new work tree and pushes it, as another person does. */
  public void editByHand(Path workTree, String file, String text) throws IOException {
    GitCommand person = cloneInto(workTree);
    Path changed = person.directory().resolve(file);
    Files.createDirectories(changed.getParent());
    Files.writeString(changed, text);
    person.publish("By hand");
  }

  /** Checks every object of the repository. */
  public void check() {
    run("fsck", "--strict", "--no-dangling");
  }

  /** Names of the Ray Services on main. */
  public List<String> services() {
    return lines("ls-tree", "-r", "--name-only", "main", "rayservices").stream()
        .filter(path -> path.endsWith("/rayservice.yaml"))
        .map(path ->
            path.substring("rayservices/".length(), path.length() - "/rayservice.yaml".length()))
        .toList();
  }
}
