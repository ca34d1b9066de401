package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitTarget;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same repository twice: one for the service, one with a clone for the git command line. */
public final class GitopsBench implements AutoCloseable {
  private static final CommitTarget EMBEDDED =
      new CommitTarget() {
        @Override
        public Optional<Remote> remote() {
          return Optional.empty();
        }

        @Override
        public boolean proposes() {
          return false;
        }
      };

  private final Path folder;
  private final ServiceUnderTest service;
  private final GitCommand served;
  private final GitCommand clone;

  private GitopsBench(Path folder) {
    this.folder = folder;
    this.served = new GitCommand(folder.resolve("service.git"));
    this.service =
        new ServiceUnderTest(EMBEDDED, GitopsFixture.config(served.directory(), Map.of()));
    this.clone = new GitCommand(folder.resolve("clone"));
  }

  /** Creates both with this number of Ray Services, in as many namespaces as needed. */
  public static GitopsBench with(int services, int perNamespace) throws IOException {
    GitopsBench bench = new GitopsBench(Files.createTempDirectory("deploy-benchmark"));
    bench.service.count();
    GitCommand work = bench.served.cloneInto(bench.folder.resolve("work"));
    for (int i = 0; i < services; i++) {
      ServiceUnderTest.write(
          work, FormFixture.minimal(namespace(i / perNamespace), "service-" + i));
    }
    work.publish("Many Ray Services");
    bench.served.run("gc", "-q");
    GitCommand bare = new GitCommand(bench.copy());
    bench.served.run(
        "clone", "-q", "--bare", bench.served.directory().toString(), bare.directory().toString());
    bare.cloneInto(bench.clone.directory());
    int listed = bench.service.count();
    if (listed != services) {
      throw new IllegalStateException("made " + listed + " Ray Services, not " + services);
    }
    return bench;
  }

  public static String namespace(int number) {
    return "team-" + number;
  }

  /** The repository of the service. */
  Path repository() {
    return served.directory();
  }

  /** A bare repository with the same content, which no service has open. */
  public Path copy() {
    return folder.resolve("git.git");
  }

  ServiceUnderTest service() {
    return service;
  }

  RayServiceId deployByGit(JsonNode document) throws IOException {
    RayServiceId id = ServiceUnderTest.write(clone, document);
    ServiceUnderTest.push(clone, id);
    return id;
  }

  List<String> listByGit() {
    return clone.services();
  }

  void delete(String name) {
    RayServiceId id = new RayServiceId(namespace(0), name);
    service.delete(id);
    if (Files.exists(clone.directory().resolve(id.directory()))) {
      clone.run("rm", "-rq", id.directory());
      clone.run("commit", "-q", "-m", "Delete Ray Service " + id);
      clone.run("push", "-q", "origin", "HEAD:main");
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
    ServiceUnderTest.remove(folder);
  }
}
