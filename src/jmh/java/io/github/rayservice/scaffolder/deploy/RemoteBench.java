package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitTarget;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A repository of many Ray Services on a Git server over HTTP, with two ways to add one. */
final class RemoteBench implements AutoCloseable {
  private static final String PROJECT = "platform/gitops";

  private final Path folder;
  private final GitServer server;
  private final ServiceUnderTest service;
  private int clones;

  private RemoteBench(Path folder, GitServer server) {
    this.folder = folder;
    this.server = server;
    Remote remote =
        new Remote(server.urlOf(PROJECT), Optional.of(new Remote.Login("oauth2", "token")));
    this.service =
        new ServiceUnderTest(
            new CommitTarget() {
              @Override
              public Optional<Remote> remote() {
                return Optional.of(remote);
              }

              @Override
              public boolean proposes() {
                return false;
              }
            },
            GitopsFixture.config(
                folder.resolve("unused"), Map.of("scaffolder.git.mirrors", mirrors(folder))));
  }

  private static String mirrors(Path folder) {
    return folder.resolve("mirrors").toString();
  }

  static RemoteBench with(int services) throws IOException {
    Path folder = Files.createTempDirectory("remote-benchmark");
    GitServer server = GitServer.start(folder.resolve("server"));
    GitCommand git = server.create(PROJECT);
    fill(git, services);
    RemoteBench bench = new RemoteBench(folder, server);
    long before = usedHeap();
    int listed = bench.service.count();
    System.out.printf(
        "mirror of %d Ray Services: %,d kB of heap for its index, %,d kB on disk%n",
        listed, (usedHeap() - before) >> 10, size(folder.resolve("mirrors")) >> 10);
    return bench;
  }

  /** Commits many Ray Services, 50 per namespace, to main of a bare repository. */
  static void fill(GitCommand git, int services) throws IOException {
    try (GitopsBench seed = GitopsBench.with(services, 50)) {
      git.run("fetch", "-q", seed.repository().toString(), "+main:main");
    }
    git.run("gc", "-q");
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      runtime.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long size(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
    }
  }

  ServiceUnderTest service() {
    return service;
  }

  /** A clone that is deleted afterwards, as in a job of a pipeline. */
  GitCommand clone(String... options) {
    GitCommand clone = new GitCommand(folder.resolve("clone-" + clones++));
    String[] command = new String[options.length + 4];
    command[0] = "clone";
    command[1] = "-q";
    System.arraycopy(options, 0, command, 2, options.length);
    command[command.length - 2] = server.urlOf(PROJECT).replace("http://", "http://oauth2:token@");
    command[command.length - 1] = clone.directory().toString();
    new GitCommand(folder).run(command);
    return clone;
  }

  /** Writes the files, commits and pushes. */
  static RayServiceId push(GitCommand clone, JsonNode document) throws IOException {
    RayServiceId id = ServiceUnderTest.write(clone, document);
    ServiceUnderTest.push(clone, id);
    return id;
  }

  void takeAway(String name) {
    service.delete(new RayServiceId(GitopsBench.namespace(0), name));
  }

  void removeClones() throws IOException {
    for (int i = 0; i < clones; i++) {
      ServiceUnderTest.remove(folder.resolve("clone-" + i));
    }
    clones = 0;
  }

  @Override
  public void close() throws IOException {
    service.close();
    server.close();
    ServiceUnderTest.remove(folder);
  }
}
