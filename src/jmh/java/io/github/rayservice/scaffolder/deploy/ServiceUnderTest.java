package io.github.rayservice.scaffolder.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.deploy.query.RayServiceQueries;
import io.github.rayservice.scaffolder.form.CreatedByPolicy;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.form.FormReader;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitlab.GitlabFixture;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.CommitTarget;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.platform.Dashboards;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.proposal.MergeRequestCache;
import io.github.rayservice.scaffolder.proposal.MergeRequestPublisher;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync;
import io.github.rayservice.scaffolder.proposal.RecentReviews;
import io.github.rayservice.scaffolder.render.RenderFixture;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.StatusStores;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;

/** The service without HTTP, and its renderer for benchmarks that push by themselves. */
final class ServiceUnderTest implements AutoCloseable {
  private static final FormReader READER = FormFixture.reader();
  private static final HardwareProfiles PROFILES = FormFixture.profiles(Map.of());
  private static final Renderer RENDERER = RenderFixture.renderer();

  private final GitopsRepository repository;
  private final RayServiceQueries queries;
  private final ChangePreparation preparation;
  private final Deployer deployer;

  ServiceUnderTest(CommitTarget destination, GitopsConfig config) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MergeRequestCache mergeRequestCache = new MergeRequestCache(() -> {});
    this.repository =
        new GitopsRepository(
            destination,
            config,
            new InstanceSummaries(RENDERER, PROFILES),
            mergeRequestCache,
            Clock.systemUTC(),
            meters);
    GitlabConfig none = GitlabFixture.config(Map.of());
    GitlabClient gitlab = GitlabFixture.client(none);
    MergeRequestSync mergeRequestSync =
        new MergeRequestSync(
            gitlab,
            none,
            repository,
            mergeRequestCache,
            new RecentReviews(none, mergeRequestCache, ForkJoinPool.commonPool()));
    PlatformLinks links = new PlatformLinks(RenderFixture.catalog(Map.of()));
    Dashboards dashboards = RenderFixture.dashboards(Map.of());
    MergeRequestPublisher publisher =
        new MergeRequestPublisher(
            gitlab,
            none,
            repository,
            mergeRequestSync,
            new FormDetails(RENDERER, PROFILES, links, dashboards));
    StatusStore statusStore = StatusStores.unwatched();
    this.queries =
        new RayServiceQueries(
            repository,
            RENDERER,
            mergeRequestSync,
            mergeRequestCache,
            links,
            dashboards,
            statusStore);
    this.preparation =
        new ChangePreparation(
            READER,
            PROFILES,
            new TeamCeilings(FormFixture.config(Map.of())),
            RENDERER,
            repository,
            Clock.systemUTC());
    this.deployer =
        new Deployer(
            PROFILES,
            RENDERER,
            repository,
            mergeRequestSync,
            publisher,
            links,
            dashboards,
            statusStore,
            () -> {},
            meters);
  }

  /** Number of Ray Services on the branch. */
  int count() {
    return repository.accepted().services().size();
  }

  DeployResult deploy(JsonNode document) {
    return deployer.deploy(
        preparation.create(document, CreatedByPolicy.UNRESTRICTED),
        new RequestIdentity(Optional.empty(), "benchmark", Optional.empty()));
  }

  void delete(RayServiceId id) {
    repository.invalidate();
    if (repository.find(id).stored().isPresent()) {
      deployer.deploy(
          preparation.delete(id, Set.of(), CreatedByPolicy.UNRESTRICTED),
          new RequestIdentity(Optional.empty(), "benchmark", Optional.empty()));
    }
  }

  RayServiceQueries.ListPage list(int limit) {
    return queries.list(Optional.empty(), Optional.empty(), limit);
  }

  /** The files of a Ray Service, name to text. */
  record Rendered(RayServiceId id, Map<String, String> files) {}

  static Rendered render(JsonNode document) {
    RayServiceRequest request = READER.read(document);
    return new Rendered(request.id(), RENDERER.render(request).byName());
  }

  /** Writes the files. Rendering is not compared, so both sides do it. */
  static RayServiceId write(GitCommand workTree, JsonNode document) throws IOException {
    Rendered rendered = render(document);
    Path directory = workTree.directory().resolve(rendered.id().directory());
    Files.createDirectories(directory);
    for (Map.Entry<String, String> file : rendered.files().entrySet()) {
      Files.writeString(directory.resolve(file.getKey()), file.getValue(), UTF_8);
    }
    return rendered.id();
  }

  /** The commands that a person types after writing the files. */
  static void push(GitCommand workTree, RayServiceId id) {
    workTree.run("add", id.directory());
    workTree.run("commit", "-q", "-m", "Create Ray Service " + id);
    workTree.run("push", "-q", "origin", "HEAD:main");
  }

  /**
   * Deletes a directory. Git may still pack in the background; {@code rm} ignores files that
   * disappear meanwhile.
   */
  static void remove(Path folder) throws IOException {
    try {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    repository.close();
  }
}
