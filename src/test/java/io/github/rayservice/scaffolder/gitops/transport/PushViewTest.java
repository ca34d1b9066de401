package io.github.rayservice.scaffolder.gitops.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a push sends must be what Git itself finds missing on the server. */
class PushViewTest {
  @TempDir Path folder;
  private GitCommand git;
  private Repository repository;

  @BeforeEach
  void start() throws IOException {
    git = new GitCommand(folder.resolve("repository"));
    Files.createDirectories(git.directory());
    git.run("init", "-q", "--initial-branch=main");
    for (String service : List.of("a/one", "a/two", "b/one", "c/d/e")) {
      write("rayservices/" + service + "/rayservice.yaml", service);
    }
    commit("base");
    repository =
        new FileRepositoryBuilder().setGitDir(git.directory().resolve(".git").toFile()).build();
  }

  @AfterEach
  void stop() {
    repository.close();
  }

  private void write(String path, String text) throws IOException {
    Path file = git.directory().resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }

  private String commit(String message) {
    git.run("add", "-A");
    git.run("commit", "-q", "-m", message);
    return git.run("rev-parse", "HEAD");
  }

  @Test
  void aNewServiceSendsItsOwnTreesOnly() throws IOException {
    String base = git.run("rev-parse", "HEAD");
    write("rayservices/a/three/rayservice.yaml", "three");
    String tip = commit("three");

    assertThat(sent(tip, base)).hasSize(6).isEqualTo(missing(tip, base));
  }

  @Test
  void severalCommitsInDifferentPlacesAndADeletion() throws IOException {
    String base = git.run("rev-parse", "HEAD");
    write("rayservices/a/one/rayservice.yaml", "changed");
    commit("change");
    git.run("rm", "-rq", "rayservices/b");
    commit("delete");
    write("rayservices/c/d/f/rayservice.yaml", "f");
    String tip = commit("f");

    assertThat(sent(tip, base)).isEqualTo(missing(tip, base));
  }

  @Test
  void branchesFromDifferentCommitsOfTheServer() throws IOException {
    String old = git.run("rev-parse", "HEAD");
    write("rayservices/a/one/rayservice.yaml", "newer");
    String base = commit("newer");
    git.run("checkout", "-q", "-b", "proposal", old);
    write("rayservices/n/x/rayservice.yaml", "x");
    String tip = commit("x");
    git.run("checkout", "-q", "-b", "other", base);
    write("rayservices/b/two/rayservice.yaml", "two");
    String other = commit("two");

    assertThat(sent(List.of(tip, other), List.of(base)))
        .isEqualTo(missing(List.of(tip, other), List.of(base)));
  }

  @Test
  void mergesAndCommitsThatOthersPushedMeanwhile() throws IOException {
    String base = git.run("rev-parse", "HEAD");
    git.run("checkout", "-q", "-b", "side");
    write("rayservices/z/one/rayservice.yaml", "z");
    commit("z");
    git.run("checkout", "-q", "main");
    write("rayservices/a/two/rayservice.yaml", "main");
    commit("main");
    git.run("merge", "-q", "--no-ff", "-m", "merge", "side");
    write("rayservices/z/two/rayservice.yaml", "zz");
    String tip = commit("zz");

    assertThat(sent(tip, base)).isEqualTo(missing(tip, base));
  }

  @Test
  void aDirectoryThatStoodElsewhereAndOneThatComesBack() throws IOException {
    git.run("rm", "-rq", "rayservices/b");
    String base = commit("without b");
    write("rayservices/b/one/rayservice.yaml", "b/one");
    commit("b again");
    git.run("mv", "rayservices/c/d", "rayservices/moved");
    String tip = commit("moved");

    // Git may leave out what it knows the server to have from elsewhere; nothing may be missing.
    assertThat(sent(tip, base)).containsAll(missing(tip, base));
  }

  @Test
  void aFirstCommitWithoutAParent() throws IOException {
    String base = git.run("rev-parse", "HEAD");
    git.run("checkout", "-q", "--orphan", "own");
    write("first.txt", "first");
    String tip = commit("first");

    assertThat(sent(tip, base)).containsAll(missing(tip, base));
  }

  private Set<String> sent(String tip, String there) throws IOException {
    return sent(List.of(tip), List.of(there));
  }

  private Set<String> missing(String tip, String there) {
    return missing(List.of(tip), List.of(there));
  }

  /** The names of what JGit would pack, each read back from the pack by Git. */
  private Set<String> sent(List<String> tips, List<String> there) throws IOException {
    List<ObjectId> wanted = tips.stream().map(ObjectId::fromString).toList();
    List<ObjectId> known = there.stream().map(ObjectId::fromString).toList();
    Path pack = folder.resolve("sent.pack");
    PushView view = new PushView(repository);
    view.narrow(wanted, known);
    try (PackWriter writer = new PackWriter(repository, view.newObjectReader());
        var out = Files.newOutputStream(pack)) {
      writer.setThin(false);
      writer.preparePack(NullProgressMonitor.INSTANCE, Set.copyOf(wanted), Set.copyOf(known));
      writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out);
    }
    git.run("index-pack", pack.toString());
    Set<String> names = new TreeSet<>();
    for (String line : git.lines("verify-pack", "-v", pack.toString())) {
      if (line.matches("[0-9a-f]{40} .*")) {
        names.add(line.substring(0, 40));
      }
    }
    return names;
  }

  private Set<String> missing(List<String> tips, List<String> there) {
    List<String> command = new ArrayList<>(List.of("rev-list", "--objects-edge"));
    command.addAll(tips);
    there.forEach(known -> command.add("^" + known));
    Set<String> names = new TreeSet<>();
    for (String line : git.lines(command.toArray(String[]::new))) {
      if (!line.startsWith("-")) {
        names.add(line.substring(0, 40));
      }
    }
    return names;
  }
}
