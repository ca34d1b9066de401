package io.github.rayservice.scaffolder.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.form.FormReader;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.gitlab.Gitlab;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabFixture;
import io.github.rayservice.scaffolder.gitops.Destination;
import io.github.rayservice.scaffolder.gitops.GitCommand;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.proposal.MergeRequests;
import io.github.rayservice.scaffolder.proposal.Proposer;
import io.github.rayservice.scaffolder.proposal.Reviews;
import io.github.rayservice.scaffolder.render.CatalogLinks;
import io.github.rayservice.scaffolder.render.RenderFixture;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The same repository twice: one for the service, one with a clone for the git command line. */
final class GitopsBench implements AutoCloseable {
  private final Path folder;
  private final FormReader reader = FormFixture.reader();
  private final Renderer renderer = RenderFixture.renderer();
  private final GitopsRepository repository;
  private final Inventory inventory;
  private final Deployer deployer;
  private final GitCommand clone;

  private GitopsBench(Path folder) {
    this.folder = folder;
    Path bare = folder.resolve("service.git");
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    this.repository =
        new GitopsRepository(
            Destination.EMBEDDED,
            GitopsFixture.config(bare, Map.of()),
            new InstanceSummaries(renderer),
            Clock.systemUTC(),
            meters);
    GitlabConfig none = GitlabFixture.config(Map.of());
    Gitlab gitlab = GitlabFixture.client(none);
    Reviews reviews = new Reviews();
    MergeRequests mergeRequests = new MergeRequests(gitlab, none, repository, reviews);
    Proposer proposer = new Proposer(gitlab, none, repository, mergeRequests);
    CatalogLinks pages = new CatalogLinks(RenderFixture.catalog(Map.of()));
    this.inventory = new Inventory(repository, renderer, mergeRequests, reviews, pages);
    this.deployer =
        new Deployer(reader, renderer, repository, mergeRequests, proposer, pages, meters);
    this.clone = new GitCommand(folder.resolve("clone"));
  }

  static GitopsBench with(int services, int perNamespace) throws IOException {
    GitopsBench bench = new GitopsBench(Files.createTempDirectory("deploy-benchmark"));
    bench.repository.snapshot();
    GitCommand served = new GitCommand(bench.folder.resolve("service.git"));
    GitCommand work = served.cloneInto(bench.folder.resolve("work"));
    for (int i = 0; i < services; i++) {
      RayServiceRequest request =
          bench.reader.read(FormFixture.minimal(namespace(i / perNamespace), "service-" + i));
      bench.write(work, request.id(), bench.renderer.render(request));
    }
    work.publish("Many Ray Services");
    served.run("gc", "-q");
    GitCommand bare = new GitCommand(bench.folder.resolve("git.git"));
    served.run("clone", "-q", "--bare", served.directory().toString(), bare.directory().toString());
    bare.cloneInto(bench.clone.directory());
    int listed = bench.repository.snapshot().services().size();
    if (listed != services) {
      throw new IllegalStateException("made " + listed + " Ray Services, not " + services);
    }
    return bench;
  }

  static String namespace(int number) {
    return "team-" + number;
  }

  Deployment deploy(JsonNode document) {
    return deployer.deploy(deployer.create(document), new Call("benchmark", Optional.empty()));
  }

  /** Rendering is not what is compared, so both sides do it. */
  String deployByGit(JsonNode document) throws IOException {
    RayServiceRequest request = reader.read(document);
    write(clone, request.id(), renderer.render(request));
    clone.run("add", request.id().directory());
    clone.run("commit", "-q", "-m", "Create Ray Service " + request.id());
    return clone.run("push", "-q", "origin", "HEAD:main");
  }

  Inventory.Page list(int limit) {
    return inventory.list(Optional.empty(), Optional.empty(), limit);
  }

  List<String> listByGit() {
    return clone.services();
  }

  private void write(GitCommand workTree, RayServiceId id, RenderedFiles files) throws IOException {
    Path directory = workTree.directory().resolve(id.directory());
    Files.createDirectories(directory);
    for (Map.Entry<String, String> file : files.byName().entrySet()) {
      Files.writeString(directory.resolve(file.getKey()), file.getValue(), UTF_8);
    }
  }

  void delete(String name) {
    RayServiceId id = new RayServiceId(namespace(0), name);
    if (repository.standing(id).stored().isPresent()) {
      deployer.deploy(deployer.delete(id, Set.of()), new Call("benchmark", Optional.empty()));
    }
    if (Files.exists(clone.directory().resolve(id.directory()))) {
      clone.run("rm", "-rq", id.directory());
      clone.run("commit", "-q", "-m", "Delete Ray Service " + id);
      clone.run("push", "-q", "origin", "HEAD:main");
    }
  }

  @Override
  public void close() throws IOException {
    repository.close();
    // Packing may still be at work in the background; rm does not mind files that go meanwhile.
    try {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
