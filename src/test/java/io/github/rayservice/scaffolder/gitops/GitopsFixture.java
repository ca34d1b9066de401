package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.Attempt;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Committed;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummaryReader;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.gitops.model.TeamPolicy;
import io.github.rayservice.scaffolder.gitops.transport.EmbeddedUpstream;
import io.github.rayservice.scaffolder.gitops.transport.RemoteUpstream;
import io.github.rayservice.scaffolder.gitops.transport.Upstream;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/** A real repository in a directory, with a Ray Service's file cut down to four words. */
public final class GitopsFixture implements AutoCloseable {
  /** The four words {@code name targetNamespace host createdBy}. */
  private final AtomicInteger filesRead = new AtomicInteger();

  public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  public final GitopsRepository repository;
  public final GitCommand git;

  private GitopsFixture(
      Upstream upstream,
      Optional<Remote.Login> login,
      boolean proposes,
      GitopsConfig config,
      Clock clock,
      GitCommand git) {
    this.repository =
        new GitopsRepository(
            upstream, login, proposes, config, this::read, id -> Optional.empty(), clock, meters);
    this.git = git;
  }

  /**
   * With proposals on the project {@code platform/gitops} of a Git server.
   *
   * @param token of the login, with which the service also proves what it wrote
   * @param settings of {@link GitopsConfig}
   */
  public static GitopsFixture proposing(
      GitServer server, GitCommand git, String token, Path mirrors, Map<String, String> settings) {
    Remote.Login login = new Remote.Login("oauth2", token);
    return of(
        new Remote(server.urlOf("platform/gitops"), Optional.of(login)),
        true,
        mirrors,
        settings,
        git,
        upstream -> upstream);
  }

  /** On a Git server; the mirror is in the folder. */
  public static GitopsFixture of(
      Remote remote,
      boolean proposes,
      Path mirrors,
      Map<String, String> settings,
      GitCommand git,
      UnaryOperator<Upstream> around) {
    Map<String, String> all = new HashMap<>(Map.of("scaffolder.git.mirrors", mirrors.toString()));
    all.put("scaffolder.git.staleness", "0s");
    all.putAll(settings);
    GitopsConfig config = config(mirrors, all);
    return new GitopsFixture(
        around.apply(new RemoteUpstream(remote, config)),
        remote.login(),
        proposes,
        config,
        Clock.systemUTC(),
        git);
  }

  public static GitopsFixture in(Path directory) {
    return in(directory, Map.of(), Clock.systemUTC(), upstream -> upstream);
  }

  public static GitopsFixture in(
      Path directory, Map<String, String> settings, Clock clock, UnaryOperator<Upstream> around) {
    GitopsConfig config = config(directory, settings);
    GitopsFixture fixture =
        new GitopsFixture(
            around.apply(new EmbeddedUpstream(config)),
            Optional.empty(),
            false,
            config,
            clock,
            new GitCommand(directory));
    fixture.repository.accepted();
    return fixture;
  }

  /** The settings of a repository in a directory. */
  public static GitopsConfig config(Path directory, Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withMapping(GitopsConfig.class)
        .withConverter(Duration.class, 100, new DurationConverter())
        .withConverter(MemorySize.class, 100, new MemorySizeConverter())
        .withDefaultValue("scaffolder.git.directory", directory.toString())
        .withDefaultValues(settings)
        .build()
        .getConfigMapping(GitopsConfig.class);
  }

  private InstanceSummary read(RayServiceId id, String text) {
    filesRead.incrementAndGet();
    String[] words = text.strip().split(" ", -1);
    if (words.length != 4) {
      throw new InstanceSummaryReader.UnreadableException("not four words");
    }
    return summary(words[0], words[1], words[2], words[3]);
  }

  /** How many files were read since the last call. */
  public int filesRead() {
    return filesRead.getAndSet(0);
  }

  public static InstanceSummary summary(RayServiceId id) {
    return new InstanceSummary(
        id.namespace() + "-" + id.name(), "ray-" + id.namespace() + "-" + id.name(), "host", "ann");
  }

  /** A host that begins with {@code own.} is for one Ray Service alone. */
  static InstanceSummary summary(String name, String target, String host, String createdBy) {
    return new InstanceSummary(
        name,
        target,
        host,
        host.startsWith("own."),
        createdBy,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  static Map<String, String> files(InstanceSummary summary) {
    return Map.of(
        "rayservice.yaml",
        String.join(
            " ",
            summary.name(),
            summary.targetNamespace(),
            summary.host(),
            summary.createdBy() + "\n"),
        "catalog-info.yaml",
        "entity\n");
  }

  public static Change.Create creation(String namespace, String name) {
    RayServiceId id = new RayServiceId(namespace, name);
    return creation(id, summary(id));
  }

  public static Change.Create creation(RayServiceId id, InstanceSummary summary) {
    return new Change.Create(id, files(summary), summary, TeamPolicy.NONE);
  }

  /** Somebody else becomes the owner; nothing else changes. */
  public static Change.Update handOver(RayServiceId id, String newOwner, String... ifMatch) {
    return new Change.Update(
        id,
        (stored, accepted) -> {
          InstanceSummary old = summary(id);
          InstanceSummary changed =
              new InstanceSummary(old.name(), old.targetNamespace(), old.host(), newOwner);
          return new Change.Edited(
              Map.of("rayservice.yaml", files(changed).get("rayservice.yaml")), changed);
        },
        Set.of(ifMatch),
        TeamPolicy.NONE);
  }

  public static Change.Delete deletion(RayServiceId id, String... ifMatch) {
    return new Change.Delete(id, Set.of(ifMatch));
  }

  public static CommitRequest request(String id) {
    return request(id, null, id);
  }

  public static CommitRequest request(String id, @Nullable String key, String content) {
    return new CommitRequest(
        new CommitRequest.Author("Ann", "ann@example.com"),
        id,
        Optional.ofNullable(key),
        DigestUtils.sha256Hex(content));
  }

  public CommitResult commit(Change change) {
    return commit(change, request("request-1"));
  }

  /** As who checks the branch again whenever somebody else has moved it. */
  public CommitResult commit(Change change, CommitRequest request) {
    while (true) {
      Optional<String> checked = repository.branchTip(change.id());
      if (repository.commit(change, request, checked) instanceof Attempt.Made<Committed> made) {
        return made.value().result();
      }
    }
  }

  public Preview preview(Change change) {
    while (true) {
      Optional<String> checked = repository.branchTip(change.id());
      if (repository.preview(change, checked) instanceof Attempt.Made<Preview> made) {
        return made.value();
      }
    }
  }

  public double retries() {
    return meters.counter("scaffolder.git.retries").count();
  }

  public List<String> listed() {
    return repository.accepted().services().stream().map(e -> e.id().toString()).toList();
  }

  @Override
  public void close() {
    repository.close();
  }
}
